package io.vertebra.graph.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.reference.Form;
import io.vertebra.graph.reference.Gradients;
import io.vertebra.graph.reference.Pass;
import io.vertebra.graph.reference.ReferenceInterpreter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values and gradients of single graphs are the reference's. */
final class OperatorContract {
    /** A gradient far below the largest is what rounding leaves of it; it is measured by this share of the largest. */
    private static final double FLOOR = 1e-3;

    /** bf16 rounds at 0.4%: what cancels out of large terms keeps an error of that share. */
    private static final double BF16_FLOOR = 0.05;

    private OperatorContract() {}

    static void evaluates(Engine engine, OperatorCase one, Precision precision) {
        Batch batch = one.batch(precision);
        try (Session session = engine.open(one.graph(), one.parameters(precision), Options.inference(precision))) {
            compareOutputs(one, precision, session.evaluate(batch), reference(one, precision, Form.INFERENCE));
        }
    }

    static void differentiates(Engine engine, OperatorCase one, Precision precision, boolean trainingForm) {
        Batch batch = one.batch(precision);
        Map<String, Tensor.Floats> outputGradients = one.outputGradients(precision);
        Pass pass = reference(one, precision, trainingForm ? Form.TRAINING : Form.INFERENCE);
        Options options = Options.gradients(precision, trainingForm);
        try (Session session = engine.open(one.graph(), one.parameters(precision), options)) {
            Outputs outputs = session.gradients(batch, outputGradients);
            compareOutputs(one, precision, outputs, pass);
            compareGradients(one, precision, outputs, pass.backwardOf(outputGradients));
        }
    }

    private static Pass reference(OperatorCase one, Precision precision, Form form) {
        return ReferenceInterpreter.of(one.graph(), one.parameters(precision)).forward(one.batch(precision), form);
    }

    private static void compareOutputs(OperatorCase one, Precision precision, Outputs actual, Pass expected) {
        assertThat(actual.names()).containsAll(one.graph().outputs().keySet());
        expected.outputs().forEach((name, tensor) -> {
            assertThat(actual.get(name).shape()).as("shape of %s", name).isEqualTo(tensor.shape());
            double largest = Agreement.largest(tensor.data());
            double allowed = one.tolerance(precision).outputs() * largest;
            Agreement.largest(name, actual.get(name).data(), tensor.data(), allowed);
        });
    }

    private static void compareGradients(OperatorCase one, Precision precision, Outputs actual, Gradients expected) {
        Map<String, double[]> wanted = new LinkedHashMap<>();
        wanted.put("grad.input", expected.value(one.graph().node("input")).data());
        expected.parameters().forEach((name, values) -> wanted.put("grad." + name, values));

        List<String> names = new ArrayList<>(one.graph().outputs().keySet());
        names.add("grad.input");
        one.graph().parameters().stream()
                .filter(ParameterSpec::isTrainable)
                .forEach(p -> names.add("grad." + p.name()));
        assertThat(actual.names()).containsExactlyInAnyOrderElementsOf(names);
        for (ParameterSpec spec : one.graph().parameters()) {
            if (spec.isTrainable()) {
                assertThat(actual.get("grad." + spec.name()).shape()).isEqualTo(spec.shape());
            }
        }
        double largest = 0;
        double root = 0;
        for (double[] values : wanted.values()) {
            largest = Math.max(largest, Agreement.largest(values));
            root = Math.max(root, Agreement.length(values) / Math.sqrt(values.length));
        }
        for (Map.Entry<String, double[]> entry : wanted.entrySet()) {
            double[] values = entry.getValue();
            float[] given = actual.get(entry.getKey()).data();
            double tolerance = one.tolerance(precision).gradients();
            if (Tolerance.isCoarse(precision)) {
                double floor = BF16_FLOOR * root * Math.sqrt(values.length);
                Agreement.length(entry.getKey(), given, values, tolerance * Math.max(Agreement.length(values), floor));
            } else {
                double scale = Math.max(Agreement.largest(values), FLOOR * largest);
                Agreement.largest(entry.getKey(), given, values, tolerance * scale);
            }
        }
    }
}
