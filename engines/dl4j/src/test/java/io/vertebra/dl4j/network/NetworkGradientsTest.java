package io.vertebra.dl4j.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.Agreement;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.LocalResponseNorm;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Pad;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.reference.Form;
import io.vertebra.graph.reference.Gradients;
import io.vertebra.graph.reference.ReferenceInterpreter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** What DL4J's training gets of each kind of layer: the gradient of a convolution before it, and of its own factors. */
class NetworkGradientsTest {
    private static final int BATCH = 3;
    private static final int CLASSES = 4;
    private static final int CHANNELS = 6;

    /** Sums of some thousand products in float32, in another order and through another softmax. */
    private static final double TOLERANCE = 1e-4;

    /** Factors and shifts in DL4J's names, each with what they are called in the reference. */
    private static final Map<String, List<String>> FACTORS = Map.of(
            "op_weight", List.of("op.weight", "op.gamma", "op.scale_weight"),
            "op_bias", List.of("op.bias"),
            "op_gamma", List.of("op.weight"),
            "op_beta", List.of("op.bias"));

    static Stream<Arguments> operators() {
        Map<String, BiFunction<GraphBuilder, Node, Node>> all = new LinkedHashMap<>();
        all.put("nothing", (g, x) -> x);
        all.put("layer norm", (g, x) -> g.layerNorm("op", x, 1e-3));
        all.put("group norm", (g, x) -> g.groupNorm("op", x, new GroupNorm(2, 1e-3, 1)));
        all.put("batch norm", (g, x) -> g.batchNorm("op", x));
        all.put("layer scale", (g, x) -> g.in("op").layerScale(x, 1));
        all.put("local response, 3", (g, x) -> g.localResponseNorm(x, new LocalResponseNorm(3, 1, 0.75, 1)));
        all.put("local response, 4", (g, x) -> g.localResponseNorm(x, new LocalResponseNorm(4, 2, 0.5, 2)));
        all.put("l2 norm", (g, x) -> g.in("op").l2Norm(x, 1));
        for (Activation.Function function : Activation.Function.values()) {
            all.put("activation " + function, (g, x) -> g.activation(function, x));
        }
        all.put("activation beside its input", (g, x) -> g.add(x, g.activation(Activation.Function.TANH, x)));
        all.put("gate", (g, x) -> g.multiply(x, g.adaptiveAveragePool(x, Size.of(1))));
        all.put("gate of one shape", (g, x) -> g.multiply(x, g.activation(Activation.Function.SIGMOID, x)));
        all.put("sum with itself", (g, x) -> g.add(x, x));
        all.put("difference", (g, x) -> g.subtract(g.activation(Activation.Function.SIGMOID, x), x));
        all.put("difference from itself, scaled", (g, x) -> g.scaledAdd(x, -0.25, x));
        all.put("scaled sum", (g, x) -> g.scaledAdd(x, 0.17, g.activation(Activation.Function.SIGMOID, x)));
        all.put("join with itself", (g, x) -> g.concat(x, x));
        all.put("shuffle", (g, x) -> g.channelShuffle(x, 3));
        all.put("selection", (g, x) -> g.in("op").channelSelect(x, 8));
        all.put("selection of all", (g, x) -> g.in("op").channelSelect(x, CHANNELS));
        all.put("selection of half", (g, x) -> g.in("op").channelSelect(x, CHANNELS / 2));
        all.put("slice", (g, x) -> g.slice(x, 1, 4));
        all.put("rows", (g, x) -> g.mapRows(x, 2));
        all.put("pad", (g, x) -> g.pad(x, new Pad(1, 2, new Padding.Explicit(1, 0, 2, 1))));
        all.put("max pool", (g, x) -> g.maxPool(x, 3, 2, 1));
        all.put("max pool, ceil", (g, x) -> g.maxPool(x, new MaxPool(Size.of(2), Size.of(2), Padding.none(), true)));
        all.put(
                "average pool, ceil",
                (g, x) -> g.averagePool(x, new AveragePool(Size.of(2), Size.of(2), Padding.none(), true, false)));
        all.put(
                "average pool",
                (g, x) -> g.averagePool(x, new AveragePool(Size.of(3), Size.of(2), Padding.of(1), false, true)));
        all.put("adaptive average pool", (g, x) -> g.adaptiveAveragePool(x, Size.of(2)));
        all.put(
                "resize",
                (g, x) -> g.resize(
                        g.maxPool(x, 3, 2, 1), g.conv("like", x, Conv.of(1, 1)), Resize.Filter.BILINEAR, false));
        all.put("depthwise", (g, x) -> g.conv("op", x, Conv.of(3, 2 * CHANNELS).groups(CHANNELS)));
        all.put("groups", (g, x) -> g.conv("op", x, Conv.of(3, 4).groups(2).withBias()));
        all.put("uneven padding", (g, x) -> g.conv("op", x, Conv.of(2, 4).padding(Padding.same())));
        return all.entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operators")
    void areThoseOfTheReference(String name, BiFunction<GraphBuilder, Node, Node> operator) {
        GraphBuilder g = new GraphBuilder();
        Node stem = g.conv("stem", g.image(3, 7, 5), Conv.of(3, CHANNELS));
        Node logits = g.linear("fc", g.flatten(operator.apply(g, stem)), CLASSES);
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        g.output("logits", logits);
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0, 255)));
        Graph graph = g.build();
        Parameters parameters = Parameters.initialize(graph, 5);
        SplittableRandom random = new SplittableRandom(7);
        float[] picture = new float[BATCH * 3 * 7 * 5];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = (float) random.nextDouble(-1, 1);
        }
        int[] classes = {2, 0, 3};
        Gradients wanted = ReferenceInterpreter.of(graph, parameters)
                .forward(Batch.of(Tensor.of(picture, BATCH, 3, 7, 5), Tensor.of(classes, BATCH)), Form.TRAINING)
                .backward(Map.of("loss", new double[] {1}));

        ComputationGraph network = Dl4j.toClassifier(graph, parameters, new Size(7, 5), new Sgd(0));
        INDArray targets = Nd4j.zeros(BATCH, CLASSES);
        for (int n = 0; n < BATCH; n++) {
            targets.putScalar(n, classes[n], 1);
        }
        network.setInputs(Nd4j.create(picture, new int[] {BATCH, 3, 7, 5}, 'c'));
        network.setLabels(targets);
        network.computeGradientAndScore();
        Map<String, INDArray> gradients = network.gradient().gradientForVariable();

        check("stem_W", gradients, wanted.parameters().get("stem.weight"));
        Set<String> factors = new TreeSet<>(gradients.keySet());
        factors.retainAll(FACTORS.keySet());
        assertThat(factors.isEmpty()).isEqualTo(!name.endsWith("norm") && !name.equals("layer scale"));
        for (String factor : factors) {
            String theirs = FACTORS.get(factor).stream()
                    .filter(wanted.parameters()::containsKey)
                    .findFirst()
                    .orElseThrow();
            check(factor, gradients, wanted.parameters().get(theirs));
        }
    }

    /** DL4J sums over the batch and divides in the updater. */
    private static void check(String name, Map<String, INDArray> gradients, double[] expected) {
        float[] actual = gradients.get(name).div(BATCH).dup('c').data().asFloat();
        Agreement.largest(name, actual, expected, TOLERANCE * Agreement.largest(expected));
    }
}
