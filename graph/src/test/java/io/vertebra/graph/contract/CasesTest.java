package io.vertebra.graph.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.reference.Form;
import io.vertebra.graph.reference.Pass;
import io.vertebra.graph.reference.ReferenceInterpreter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CasesTest {

    private static Stream<Op> operators() {
        return Cases.all().stream().flatMap(c -> c.graph().nodes().stream()).map(Node::op);
    }

    @Test
    void coverEveryOperator() {
        assertThat(operators().map(Op::getClass).collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Op.class.getPermittedSubclasses())
                        .<Class<? extends Op>>map(c -> c.asSubclass(Op.class))
                        .toList());
        assertThat(operators()
                        .filter(Activation.class::isInstance)
                        .map(op -> ((Activation) op).function())
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(Activation.Function.values());
    }

    @Test
    void coverTheAttributesOfConvolutions() {
        List<Convolution> convs = operators()
                .filter(Convolution.class::isInstance)
                .map(Convolution.class::cast)
                .toList();
        assertThat(convs).anyMatch(c -> c.padding() instanceof Padding.Same);
        assertThat(convs).anyMatch(c -> c.padding() instanceof Padding.Explicit p && p.top() != p.bottom());
        assertThat(convs).anyMatch(c -> c.kernel().height() != c.kernel().width());
        assertThat(convs.stream().map(c -> c.dilation().height()).collect(Collectors.toSet()))
                .contains(1, 2, 4, 12, 18);
        assertThat(convs.stream().map(c -> c.stride().height()).collect(Collectors.toSet()))
                .contains(1, 2, 3, 4);
        assertThat(convs.stream().map(Convolution::groups).collect(Collectors.toSet()))
                .contains(1, 2, 3, 4, 8, 32, 100);
        assertThat(convs.stream().map(Convolution::out).collect(Collectors.toSet()))
                .contains(1, 3, 5, 16, 24, 100);
        assertThat(convs.stream().map(Convolution::bias).collect(Collectors.toSet()))
                .contains(true, false);
    }

    @Test
    void haveNamesOfTheirOwn() {
        assertThat(Cases.all()).extracting(OperatorCase::name).doesNotHaveDuplicates();
        assertThat(TrainingCases.all()).extracting(TrainingCase::name).doesNotHaveDuplicates();
        assertThat(Cases.named("conv.3x3").name()).isEqualTo("conv.3x3");
    }

    @Test
    void doNotDependOnEachOtherOrTheCall() {
        OperatorCase one = Cases.named("pattern.classifier with loss");
        assertThat(floats(one, Precision.FP32)).isEqualTo(floats(one, Precision.FP32));
        assertThat(one.parameters(Precision.FP32).get("fc.weight"))
                .isEqualTo(one.parameters(Precision.FP32).get("fc.weight"));
        assertThat(floats(one, Precision.FP32)).isNotEqualTo(floats(one, Precision.BF16));
    }

    private static float[] floats(OperatorCase one, Precision precision) {
        return ((Tensor.Floats) one.batch(precision).inputs().get("input")).data();
    }

    static Stream<OperatorCase> all() {
        return Cases.all().stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void giveBf16NumbersToBf16(OperatorCase one) {
        for (float value : floats(one, Precision.BF16)) {
            assertThat(Float.floatToRawIntBits(value) & 0xFFFF).isZero();
        }
        var parameters = one.parameters(Precision.BF16);
        for (String name : parameters.names()) {
            for (float value : parameters.get(name)) {
                assertThat(Float.floatToRawIntBits(value) & 0xFFFF).isZero();
            }
        }
    }

    /** A value this near a kink would fall to either side with the order of a sum; at the kink itself it may be. */
    @ParameterizedTest
    @MethodSource("all")
    void keepAwayFromKinks(OperatorCase one) {
        for (Form form : List.of(Form.INFERENCE, Form.TRAINING)) {
            Pass pass = ReferenceInterpreter.of(one.graph(), one.parameters(Precision.FP32))
                    .forward(one.batch(Precision.FP32), form);
            for (Node node : one.graph().nodes()) {
                if (node.op() instanceof Activation op && KINKS.containsKey(op.function())) {
                    double[] values = pass.value(node.inputs().get(0)).data();
                    double near = 2e-6 * Agreement.largest(values);
                    for (double kink : KINKS.get(op.function())) {
                        assertThat(Arrays.stream(values)
                                        .map(v -> Math.abs(v - kink))
                                        .filter(d -> d > 0))
                                .allMatch(distance -> distance > near);
                    }
                }
            }
        }
    }

    /**
     * What is counted follows from ranks and rounding: a hair of difference in a value must not change it. The loss after a
     * nudge of the picture differs by no more than the nudge itself can do, and regions moved by a hair cut the same.
     */
    @ParameterizedTest
    @MethodSource("chosen")
    void keepAwayFromTies(OperatorCase one) {
        Map<String, Tensor> inputs =
                new LinkedHashMap<>(one.batch(Precision.FP32).inputs());
        double[] usual = outputs(one, inputs);
        for (int sign : new int[] {-1, 1}) {
            for (String moved : List.of("input", "rois")) {
                if (inputs.get(moved) instanceof Tensor.Floats floats) {
                    Map<String, Tensor> changed = new LinkedHashMap<>(inputs);
                    changed.put(moved, nudged(floats, sign, moved.equals("rois")));
                    double largest = Arrays.stream(usual).map(Math::abs).max().orElseThrow();
                    assertThat(outputs(one, changed)).as(moved).containsExactly(usual, within(1e-4 * largest));
                }
            }
        }
    }

    static Stream<OperatorCase> chosen() {
        return all().filter(c -> !c.name().contains("ties") && !c.name().contains("equal ones"))
                .filter(c -> c.graph().nodes().stream().map(Node::op).anyMatch(CasesTest::chooses));
    }

    private static boolean chooses(Op op) {
        return op instanceof RoiAlign
                || op instanceof RegionProposals
                || op instanceof RegionSamples
                || op instanceof HardNegativeCrossEntropy
                || (op instanceof SoftmaxCrossEntropy loss && loss.hardest() != null);
    }

    private static double[] outputs(OperatorCase one, Map<String, Tensor> inputs) {
        return ReferenceInterpreter.of(one.graph(), one.parameters(Precision.FP32))
                .forward(new Batch(inputs), Form.INFERENCE)
                .outputs()
                .values()
                .stream()
                .flatMapToDouble(tensor -> Arrays.stream(tensor.data()))
                .toArray();
    }

    /** Every value by a relative 1e-6 in a pattern of both signs, or every coordinate of regions by 2⁻¹⁶. */
    private static Tensor.Floats nudged(Tensor.Floats tensor, int sign, boolean regions) {
        float[] data = tensor.data().clone();
        for (int i = 0; i < data.length; i++) {
            if (!regions) {
                data[i] *= 1 + sign * (i % 3 - 1) * 1e-6f;
            } else if (i % 5 > 0) {
                data[i] += sign * 0x1p-16f;
            }
        }
        return new Tensor.Floats(tensor.shape(), data);
    }

    private static final Map<Activation.Function, Set<Double>> KINKS = Map.of(
            Activation.Function.RELU, Set.of(0.0),
            Activation.Function.RELU6, Set.of(0.0, 6.0),
            Activation.Function.LEAKY_RELU, Set.of(0.0),
            Activation.Function.HARD_SIGMOID, Set.of(-3.0, 3.0),
            Activation.Function.HARD_SWISH, Set.of(-3.0, 3.0));

    @Test
    void roundToBf16AsHardwareDoes() {
        assertThat(Fill.round(1 + 0x1p-8f, Precision.BF16)).isEqualTo(1); // a tie: to even
        assertThat(Fill.round(1 + 3 * 0x1p-8f, Precision.BF16)).isEqualTo(1.015625f); // a tie: to even
        assertThat(Fill.round(1.004f, Precision.BF16)).isEqualTo(1.0078125f);
        assertThat(Fill.round(-1.003f, Precision.BF16)).isEqualTo(-1);
        assertThat(Fill.round(1.004f, Precision.FP32)).isEqualTo(1.004f);
    }

    @Test
    void givenOutputsAreThose() {
        OperatorCase one = Cases.named("pattern.one node under two names");
        Outputs gradients = new Outputs(one.outputGradients(Precision.FP32));
        assertThat(gradients.names()).containsExactly("a", "b");
        assertThat(gradients.get("a").data()).isNotEqualTo(gradients.get("b").data());
    }
}
