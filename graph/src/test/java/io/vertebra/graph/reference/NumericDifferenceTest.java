package io.vertebra.graph.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.contract.Cases;
import io.vertebra.graph.contract.OperatorCase;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.RegionProposals;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every gradient of the reference is the slope of its own value, along a random direction of each tensor. */
@Execution(ExecutionMode.CONCURRENT)
class NumericDifferenceTest {
    /** Half the distance of the two values: small enough that hardly any value crosses a kink on the way. */
    private static final double STEP = 1e-6;

    /** Rounding within the two values over twice the step, and the third derivative. */
    private static final double TOLERANCE = 2e-8;

    static Stream<OperatorCase> cases() {
        // at a kink or tie there is no derivative: PyTorch's choice is held by the goldens
        return Cases.all().stream()
                .filter(c -> !c.name().contains(".at kinks") && !c.name().contains("ties"))
                // regions move with the logits, but pass no gradient on
                .filter(c -> c.graph().nodes().stream().noneMatch(n -> n.op() instanceof RegionProposals));
    }

    static Stream<OperatorCase> ofTwoForms() {
        return cases().filter(OperatorCase::hasTwoForms);
    }

    @ParameterizedTest
    @MethodSource("ofTwoForms")
    void inferenceForm(OperatorCase one) {
        check(one, Form.INFERENCE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void trainingForm(OperatorCase one) {
        check(one, Form.TRAINING);
    }

    private static void check(OperatorCase one, Form form) {
        Map<String, DoubleTensor> inputs = new LinkedHashMap<>();
        one.batch(Precision.FP64).inputs().forEach((name, tensor) -> inputs.put(name, DoubleTensor.of(tensor)));
        Map<String, double[]> parameters = ReferenceInterpreter.widen(one.parameters(Precision.FP64));
        Map<String, Tensor.Floats> outputGradients = one.outputGradients(Precision.FP64);
        ReferenceInterpreter interpreter = new ReferenceInterpreter(one.graph(), parameters);
        Pass pass = interpreter.forward(inputs, form);
        Gradients gradients = pass.backwardOf(outputGradients);
        double rounding = Math.ulp(terms(pass, outputGradients)) / STEP;
        SplittableRandom random = new SplittableRandom(one.name().hashCode());

        Map<String, double[]> moved =
                new LinkedHashMap<>(Map.of("input", inputs.get("input").data()));
        Map<String, double[]> claimed = new LinkedHashMap<>(gradients.parameters());
        claimed.put("input", gradients.value(one.graph().node("input")).data());
        gradients.parameters().keySet().forEach(name -> moved.put(name, parameters.get(name)));
        moved.forEach((name, values) -> {
            double[] direction = random.doubles(values.length, -1, 1).toArray();
            double[] center = values.clone();
            move(values, center, direction, STEP);
            double above = total(interpreter.forward(inputs, form), outputGradients);
            move(values, center, direction, -STEP);
            double below = total(interpreter.forward(inputs, form), outputGradients);
            move(values, center, direction, 0);

            double slope = 0;
            double size = 1;
            for (int i = 0; i < direction.length; i++) {
                slope += claimed.get(name)[i] * direction[i];
                size += Math.abs(claimed.get(name)[i] * direction[i]);
            }
            assertThat((above - below) / (2 * STEP)).as(name).isCloseTo(slope, within(TOLERANCE * size + rounding));
        });
    }

    private static void move(double[] values, double[] center, double[] direction, double step) {
        for (int i = 0; i < values.length; i++) {
            values[i] = center[i] + step * direction[i];
        }
    }

    private static double total(Pass pass, Map<String, Tensor.Floats> outputGradients) {
        return sum(pass, outputGradients, value -> value);
    }

    /** The size of what is added up, which may be far more than the sum. */
    private static double terms(Pass pass, Map<String, Tensor.Floats> outputGradients) {
        return sum(pass, outputGradients, Math::abs);
    }

    private static double sum(Pass pass, Map<String, Tensor.Floats> outputGradients, DoubleUnaryOperator of) {
        double total = 0;
        for (Map.Entry<String, Tensor.Floats> entry : outputGradients.entrySet()) {
            double[] y = pass.output(entry.getKey()).data();
            for (int i = 0; i < y.length; i++) {
                total += of.applyAsDouble(y[i] * entry.getValue().data()[i]);
            }
        }
        return total;
    }
}
