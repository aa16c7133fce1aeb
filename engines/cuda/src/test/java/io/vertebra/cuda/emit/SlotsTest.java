package io.vertebra.cuda.emit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.emulated.EmulatedDevice;
import io.vertebra.cuda.session.CudaBackend;
import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.Agreement;
import io.vertebra.graph.contract.Fill;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.reference.Form;
import io.vertebra.graph.reference.Gradients;
import io.vertebra.graph.reference.Pass;
import io.vertebra.graph.reference.ReferenceInterpreter;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Convolutions that write their results into concats, and those that must not: how much is copied, and what comes out. */
class SlotsTest {
    private static final Shape IMAGE = Shape.of(2, 8, 5, 6);
    private static final double EXACT = 1e-5;
    private static final double HALF = 3e-2;

    private static Graph graph(BiFunction<GraphBuilder, Node, Node> body) {
        GraphBuilder g = new GraphBuilder();
        g.output("y", body.apply(g, g.image(IMAGE.c(), -1, -1)));
        return g.build();
    }

    private static Node conv(GraphBuilder g, String name, Node x, int channels) {
        return g.conv(name, x, Conv.of(3, channels).withBias());
    }

    /** Copies in a forward pass, whose result is the reference's. */
    private static int copies(EmulatedDevice device, Graph graph, Precision precision) {
        SplittableRandom random = new SplittableRandom(3);
        Parameters parameters = Fill.parameters(graph, precision, random);
        Batch batch = Fill.batch(graph, IMAGE, precision, random);
        Pass pass =
                new ReferenceInterpreter(graph, ReferenceInterpreter.widen(parameters)).forward(batch, Form.INFERENCE);
        try (Session session = CudaBackend.open(graph, parameters, Options.inference(precision), device)) {
            Outputs outputs = session.evaluate(batch);
            for (String name : outputs.names()) {
                agree(name, outputs.get(name).data(), pass.output(name).data(), precision);
            }
            return copies(device);
        }
    }

    private static int copies(EmulatedDevice device) {
        return device.launches("copy_channels") + device.launches("copy_channels_packed");
    }

    private static void agree(String name, float[] actual, double[] expected, Precision precision) {
        double tolerance = precision == Precision.BF16 ? HALF : EXACT;
        Agreement.largest(name, actual, expected, tolerance * Agreement.largest(expected));
    }

    private static int copies(Graph graph) {
        return copies(new EmulatedDevice(), graph, Precision.FP32);
    }

    private static Node branches(GraphBuilder g, Node x) {
        Node a = g.relu(conv(g, "a", x, 16));
        Node b = g.relu(g.batchNorm("bn", g.conv("b", x, Conv.of(1, 8))));
        Node pool = g.maxPool(x, 3, 1, 1);
        return g.conv("behind", g.concat(a, pool, b), Conv.of(1, 8));
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void convolutionsWriteIntoTheirPlaces(Precision precision) {
        assertThat(copies(new EmulatedDevice(), graph(SlotsTest::branches), precision))
                .isEqualTo(1); // of the pool
    }

    @Test
    void whereTheLibraryHasNoSuchCodeAllIsCopied() {
        EmulatedDevice device = new EmulatedDevice();
        device.refuseGaps();
        assertThat(copies(device, graph(SlotsTest::branches), Precision.FP32)).isEqualTo(3);
    }

    /** One that a pool reads too, into the inner concat, which lies in the outer one; and the pool. */
    @Test
    void whatOthersReadTooIsCopied() {
        assertThat(copies(graph((g, x) -> {
                    Node a = conv(g, "a", x, 8);
                    Node inner = g.concat(conv(g, "b", x, 16), a);
                    return g.concat(inner, g.maxPool(a, 3, 1, 1));
                })))
                .isEqualTo(2);
    }

    /** A norm reads the convolution's cells where they lie in the concat. */
    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void normsReadConvolutionsInTheirPlaces(Precision precision) {
        Graph graph = graph((g, x) -> {
            Node a = conv(g, "a", x, 8);
            Node all = g.batchNorm("all", g.concat(a, conv(g, "b", x, 16)));
            return g.concat(g.relu(g.batchNorm("bn", a)), all);
        });
        assertThat(copies(new EmulatedDevice(), graph, precision)).isEqualTo(2);
    }

    /** A dense block: each norm reads what was there before the next part came; only the pool's is copied. */
    private static Node dense(GraphBuilder g, Node x, Activation.Function function, int growth) {
        Node all = g.maxPool(x, 3, 1, 1);
        for (int i = 0; i < 3; i++) {
            Node normed = g.activation(function, g.batchNorm("bn" + i, all));
            all = g.concat(all, conv(g, "conv" + i, normed, growth));
        }
        return g.relu(g.batchNorm("last", all));
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void concatsOfConcatsAreOne(Precision precision) {
        Graph relu = graph((g, x) -> dense(g, x, Activation.Function.RELU, 8));
        assertThat(copies(new EmulatedDevice(), relu, precision)).isEqualTo(1);
        Graph others = graph((g, x) -> dense(g, x, Activation.Function.HARD_SWISH, 16));
        assertThat(copies(new EmulatedDevice(), others, precision)).isEqualTo(1);
    }

    /** Five channels more each time: whatever does not lie at multiples of packs is copied, and nothing is wrong. */
    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void concatsOfConcatsAcrossPacksAreCopied(Precision precision) {
        Graph graph = graph((g, x) -> dense(g, x, Activation.Function.RELU, 5));
        assertThat(copies(new EmulatedDevice(), graph, precision)).isEqualTo(6);
    }

    /** A sum, and a convolution, want cells without gaps; an output, too. */
    @Test
    void concatsThatOthersReadAreTheirOwn() {
        assertThat(copies(graph((g, x) -> {
                    Node inner = g.concat(conv(g, "a", x, 8), conv(g, "b", x, 8));
                    return g.concat(inner, conv(g, "c", inner, 8));
                })))
                .isEqualTo(1);
        assertThat(copies(graph((g, x) -> {
                    Node inner = g.concat(conv(g, "a", x, 8), conv(g, "b", x, 8));
                    Node sum = g.add(g.batchNorm("bn", inner), g.maxPool(conv(g, "c", x, 16), 3, 1, 1));
                    return g.concat(inner, g.relu(sum));
                })))
                .isEqualTo(2);
    }

    @Test
    void whatStandsThereTwiceIsCopied() {
        assertThat(copies(graph((g, x) -> {
                    Node a = conv(g, "a", x, 8);
                    return g.concat(a, conv(g, "b", x, 8), a);
                })))
                .isEqualTo(2);
    }

    /** Channels, and places of channels, that are no multiple of 16 bytes; the last part is, but its place is not. */
    @Test
    void whatLiesAcrossPacksIsCopied() {
        assertThat(copies(graph((g, x) -> g.concat(conv(g, "a", x, 6), conv(g, "b", x, 8), conv(g, "c", x, 2)))))
                .isEqualTo(3);
        assertThat(copies(graph((g, x) -> g.concat(conv(g, "a", x, 8), conv(g, "b", x, 6)))))
                .isEqualTo(2);
        assertThat(copies(graph((g, x) -> g.concat(conv(g, "a", x, 4), conv(g, "b", x, 12)))))
                .isZero();
    }

    @Test
    void whatIsNotFinishedByTheLibraryIsCopied() {
        assertThat(copies(graph((g, x) -> g.concat(
                        g.activation(Activation.Function.GELU, conv(g, "a", x, 8)),
                        conv(g, "b", x, 8),
                        g.conv("depthwise", x, Conv.of(3, 8).groups(8))))))
                .isEqualTo(2);
    }

    @Test
    void outputsAreCopied() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(IMAGE.c(), -1, -1);
        Node a = conv(g, "a", x, 8);
        g.output("part", a);
        g.output("y", g.relu(g.concat(a, conv(g, "b", x, 8))));
        assertThat(copies(g.build())).isEqualTo(1);
    }

    /** Reading what it adds without gaps and writing with them takes the library code that is compiled for seconds. */
    @Test
    void sumsAreCopied() {
        assertThat(copies(graph((g, x) -> {
                    Node inner = g.concat(conv(g, "a", x, 8), conv(g, "b", x, 8));
                    Node sum = g.add(g.batchNorm("bn", inner), conv(g, "c", x, 16));
                    return g.concat(inner, g.relu(sum));
                })))
                .isEqualTo(1);
    }

    /** The gradient of a ReLU reads its result; that of a bare convolution nothing. */
    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void gradientsAreThoseOfTheReference(Precision precision) {
        Graph graph = graph((g, x) -> g.concat(conv(g, "a", x, 16), g.relu(conv(g, "b", x, 8)), conv(g, "c", x, 8)));
        assertThat(copiesOfGradients(graph, precision)).isEqualTo(1 + 3);
    }

    /** Norms that are differentiated read cells without gaps: the pool, three concats but the last, which is the output. */
    @Test
    void gradientsOfConcatsOfConcatsAreThoseOfTheReference() {
        Graph graph = graph((g, x) -> dense(g, g.conv("first", x, Conv.of(1, 8)), Activation.Function.RELU, 8));
        assertThat(copiesOfGradients(graph, Precision.FP32)).isEqualTo(3 + 3 * 2);
    }

    /** Copies of a pass forwards and backwards, whose gradients are the reference's. */
    private static int copiesOfGradients(Graph graph, Precision precision) {
        SplittableRandom random = new SplittableRandom(5);
        Parameters parameters = Fill.parameters(graph, precision, random);
        Batch batch = Fill.batch(graph, IMAGE, precision, random);
        Tensor.Floats seed = (Tensor.Floats) Fill.batch(graph((g, x) -> x), Shape.of(2, 32, 5, 6), precision, random)
                .inputs()
                .get("input");
        Gradients expected = new ReferenceInterpreter(graph, ReferenceInterpreter.widen(parameters))
                .forward(batch, Form.INFERENCE)
                .backwardOf(Map.of("y", seed));
        EmulatedDevice device = new EmulatedDevice();
        try (Session session = CudaBackend.open(graph, parameters, Options.gradients(precision, false), device)) {
            Outputs outputs = session.gradients(batch, Map.of("y", seed));
            expected.parameters()
                    .forEach((name, values) ->
                            agree(name, outputs.get("grad." + name).data(), values, precision));
            return copies(device);
        }
    }
}
