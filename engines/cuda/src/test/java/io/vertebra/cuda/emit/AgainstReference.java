package io.vertebra.cuda.emit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emulated.KernelBench;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.Agreement;
import io.vertebra.graph.contract.Fill;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.reference.Form;
import io.vertebra.graph.reference.Gradients;
import io.vertebra.graph.reference.Pass;
import io.vertebra.graph.reference.ReferenceInterpreter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;

/** Graphs of one operator at sizes of our own: values and gradients of the emulated card are those of the reference. */
final class AgainstReference {
    private static final double EXACT = 1e-5;
    private static final double HALF = 1e-2;
    private static final double FLOOR = 1e-3;

    private final Graph graph;
    private final Shape image;
    private final Map<String, Tensor> others = new LinkedHashMap<>();
    private DoubleUnaryOperator change = x -> x;
    private Set<String> trained;
    private boolean ofPicture = true;

    /** A graph over pictures; the body gives its output. */
    AgainstReference(Shape image, BiFunction<GraphBuilder, Node, Node> body) {
        GraphBuilder g = new GraphBuilder();
        g.output("y", body.apply(g, g.image(image.c(), image.h(), image.w())));
        this.graph = g.build();
        this.image = image;
        this.trained = graph.parameters().stream()
                .filter(ParameterSpec::isTrainable)
                .map(ParameterSpec::name)
                .collect(Collectors.toSet());
    }

    /** With pictures that are made of normal numbers so. */
    AgainstReference withPictures(DoubleUnaryOperator function) {
        change = function;
        return this;
    }

    /** Where the picture is differentiated and no other parameters than these. */
    AgainstReference training(String... names) {
        trained = Set.of(names);
        return this;
    }

    /** Where only parameters are differentiated. */
    AgainstReference withoutPicture() {
        ofPicture = false;
        return this;
    }

    /** With this for another input. */
    AgainstReference with(String input, Tensor value) {
        others.put(input, value);
        return this;
    }

    /** In training form. */
    void agrees(Type type) {
        agrees(type, true);
    }

    void agrees(Type type, boolean training) {
        Precision precision = type == Type.BF16 ? Precision.BF16 : Precision.FP32;
        SplittableRandom random = new SplittableRandom(image.hashCode());
        Parameters parameters = Fill.parameters(graph, precision, random);
        Map<String, Tensor> inputs =
                new LinkedHashMap<>(Fill.batch(graph, image, precision, random).inputs());
        Tensor.Floats normal = (Tensor.Floats) inputs.get("input");
        inputs.put("input", rounded(normal.shape(), type, i -> change.applyAsDouble(normal.data()[i])));
        inputs.putAll(others);
        Batch batch = new Batch(inputs);
        Shape result = graph.shapes(batch.shapes()).get(graph.output("y").index());
        Map<String, Tensor.Floats> ofOutputs = Map.of("y", rounded(result, type, i -> random.nextGaussian()));

        Map<String, double[]> wide = ReferenceInterpreter.widen(parameters);
        Form form = training ? Form.TRAINING : Form.INFERENCE;
        Map<String, double[]> expected = expected(new ReferenceInterpreter(graph, wide), batch, ofOutputs, form);
        Lowered.Result actual = Lowered.run(graph, parameters, batch, ofOutputs, type, training, trained, ofPicture);
        double tolerance = type == Type.BF16 ? HALF : EXACT;
        double largest =
                expected.values().stream().mapToDouble(Agreement::largest).max().orElseThrow();
        assertThat(actual.outputs()).containsOnlyKeys(expected.keySet());
        expected.forEach((name, values) -> compare(name, actual.outputs().get(name), values, tolerance, largest));
        wide.forEach((name, values) -> compare(name, actual.parameters().get(name), values, tolerance, 0));
    }

    /** The output and what is differentiated; moves the interpreter's running statistics. */
    private Map<String, double[]> expected(
            ReferenceInterpreter reference, Batch batch, Map<String, Tensor.Floats> ofOutputs, Form form) {
        Pass pass = reference.forward(batch, form);
        Map<String, double[]> expected = new LinkedHashMap<>();
        expected.put("y", pass.output("y").data());
        Gradients gradients = pass.backwardOf(ofOutputs);
        double[] ofInput = gradients.value(graph.node("input")).data();
        expected.put("grad.input", ofPicture ? ofInput : new double[ofInput.length]);
        for (String name : trained) {
            expected.put("grad." + name, gradients.parameters().get(name));
        }
        pass.updateStatistics();
        return expected;
    }

    private static Tensor.Floats rounded(Shape shape, Type type, IntToDoubleFunction values) {
        float[] data = new float[(int) shape.elements()];
        for (int i = 0; i < data.length; i++) {
            data[i] = KernelBench.rounded(type, (float) values.applyAsDouble(i));
        }
        return new Tensor.Floats(shape, data);
    }

    /** What is far below the largest of all values is what rounding leaves of it. */
    private static void compare(String name, float[] actual, double[] expected, double tolerance, double largest) {
        double scale = Math.max(Agreement.largest(expected), FLOOR * largest);
        Agreement.largest(name, actual, expected, tolerance * scale);
    }
}
