package io.vertebra.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.backbones.Formula;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A network with weights by formula, in our engine and in ONNX Runtime. */
record Comparison(Graph graph, Parameters parameters, Size picture) {

    /** The largest difference that is allowed, as a share of the largest value of an output. */
    static final double ALLOWED = 1e-4;

    /** Of the weights; with 1, EfficientNet V2-L's values grow until rounding decides them: 4 % from float64 in our fp32, 7 % in theirs. */
    private static final double GAIN = 0.84375;

    /** At the smallest of some sizes that the network can be run at. */
    static Comparison of(Graph graph) {
        return of(graph, GAIN);
    }

    /** The same with weights of another gain. */
    static Comparison of(Graph graph, double gain) {
        return new Comparison(
                graph, Formula.parameters(graph, gain), smallest(graph, 1).orElseThrow());
    }

    /** At a size. */
    static Comparison of(Graph graph, Size picture) {
        return new Comparison(graph, Formula.parameters(graph, GAIN), picture);
    }

    /** The same at a size of at least so many pixels a side, if there is one. */
    Comparison atLeast(int side) {
        return new Comparison(graph, parameters, smallest(graph, side).orElse(picture));
    }

    private static Optional<Size> smallest(Graph graph, int side) {
        return IntStream.of(32, 64, 80, 96, 128, 224, 300, 320)
                .filter(size -> size >= side)
                .mapToObj(Size::of)
                .filter(size -> fits(graph, size))
                .findFirst();
    }

    /** Whether every window finds a cell. */
    private static boolean fits(Graph graph, Size size) {
        try {
            return graph.shapes(Map.of("input", shape(graph, 1, size))).stream()
                    .noneMatch(s -> s.rank() == 4 && s.elements() == 0);
        } catch (GraphException e) {
            return false;
        }
    }

    private static Shape shape(Graph graph, int batch, Size size) {
        return Shape.of(batch, graph.node("input").channels(), size.height(), size.width());
    }

    Batch batch(int pictures) {
        return Batch.of(Formula.tensor("input", shape(graph, pictures, picture).toArray()))
                .completedFor(graph);
    }

    OnnxModel model(int opset) {
        return OnnxExport.of(graph, parameters, OnnxOptions.of(picture).opset(opset));
    }

    /** Compares every output for batches of 1 and 3 from one file. */
    void check(Engine engine, int opset) {
        try (Written file = Written.of(model(opset));
                Session session = engine.open(graph, parameters, Options.inference(Precision.FP32))) {
            for (int pictures : new int[] {1, 3}) {
                Batch batch = batch(pictures);
                check(session.evaluate(batch), OnnxRuntimes.run(file.path(), batch.inputs()));
            }
        }
    }

    /** The same of a detector of two stages, whose regions may come in another order. */
    void checkRegions(Engine engine, int opset) {
        OnnxOptions options = OnnxOptions.of(picture).opset(opset);
        try (Written file = Written.of(model(opset));
                Session session = engine.open(graph, parameters, Options.inference(Precision.FP32))) {
            for (int pictures : new int[] {1, 3}) {
                assertThat(OnnxCheck.differences(file.path(), options, session, batch(pictures)))
                        .allSatisfy((name, difference) ->
                                assertThat(difference).as(name).isLessThan(ALLOWED));
            }
        }
    }

    static void check(Outputs ours, Outputs theirs) {
        assertThat(theirs.names()).containsExactlyElementsOf(ours.names());
        for (String name : ours.names()) {
            Tensor.Floats wanted = ours.get(name);
            assertThat(theirs.get(name).shape()).as(name).isEqualTo(wanted.shape());
            assertThat(OnnxCheck.difference(wanted.data(), theirs.get(name).data()))
                    .as(name)
                    .isLessThan(ALLOWED);
        }
    }
}
