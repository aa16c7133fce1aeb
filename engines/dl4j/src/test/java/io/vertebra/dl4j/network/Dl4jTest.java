package io.vertebra.dl4j.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Pad;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

class Dl4jTest {
    private static final Size SIZE = new Size(6, 5);

    private static Graph graph(Padding padding) {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(2, Shape.ANY, Shape.ANY);
        Node y = g.relu(
                g.batchNorm("bn", g.conv("conv", x, Conv.of(3, 4).stride(2).padding(padding))));
        g.output("features", y);
        g.output("logits", g.linear("fc", g.globalAveragePool(y), 3));
        return g.build();
    }

    private static INDArray pictures(int n, int height, int width) {
        Nd4j.getRandom().setSeed(5);
        return Nd4j.randn(new int[] {n, 2, height, width});
    }

    @Test
    void takesPicturesOfAnySizeWhereNothingDependsOnIt() {
        Graph graph = graph(Padding.of(1));
        ComputationGraph network = Dl4j.toComputationGraph(graph, Parameters.initialize(graph, 1));
        assertThat(network.output(pictures(2, 6, 5))[0].shape()).containsExactly(2, 4, 3, 3);
        assertThat(network.output(pictures(1, 9, 7))[0].shape()).containsExactly(1, 4, 5, 4);
        assertThat(network.output(pictures(1, 9, 7))[1].shape()).containsExactly(1, 3);
    }

    /** Layers of ours reshape; what they have seen first must not stay. */
    @Test
    void takesAnotherSizeThanTheFirst() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.conv("conv", g.image(2, Shape.ANY, Shape.ANY), Conv.of(3, 4));
        Node y = g.channelShuffle(g.groupNorm("norm", x, new GroupNorm(2, 1e-3, 1)), 2);
        g.output("rows", g.mapRows(y, 2));
        g.output("logits", g.linear("fc", g.globalAveragePool(g.activation(Activation.Function.GELU, y)), 3));
        Graph graph = g.build();
        Parameters parameters = Parameters.initialize(graph, 1);
        INDArray large = pictures(1, 8, 8);
        ComputationGraph fresh = Dl4j.toComputationGraph(graph, parameters);
        ComputationGraph used = Dl4j.toComputationGraph(graph, parameters);
        used.output(pictures(4, 4, 4));
        assertThat(used.output(large)).isEqualTo(fresh.output(large));

        ComputationGraph freshTrained = Dl4j.toClassifier(graph, parameters, null, new Sgd(0.1));
        ComputationGraph usedTrained = Dl4j.toClassifier(graph, parameters, null, new Sgd(0.1));
        usedTrained.score(new DataSet(pictures(4, 4, 4), Nd4j.zeros(4, 3)), true);
        freshTrained.fit(new DataSet(large, Nd4j.eye(3).getRows(0)));
        usedTrained.fit(new DataSet(large, Nd4j.eye(3).getRows(0)));
        assertThat(usedTrained.params()).isEqualTo(freshTrained.params());
    }

    @Test
    void asksForTheSizeWhereSomethingDoes() {
        Graph same = graph(Padding.same());
        Parameters parameters = Parameters.zeros(same);
        assertThatThrownBy(() -> Dl4j.toComputationGraph(same, parameters))
                .isInstanceOf(GraphException.class)
                .hasMessage("conv: convolution depends on the size of the pictures in DL4J; say which");
        assertThat(Dl4j.toComputationGraph(same, parameters, SIZE)
                        .output(pictures(1, 6, 5))[0]
                        .shape())
                .containsExactly(1, 4, 3, 3);
        assertThatThrownBy(() -> Dl4j.toComputationGraph(same, parameters, null))
                .hasMessage("picture");
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.maxPool(g.image(2, Shape.ANY, 5), new MaxPool(Size.of(2), Size.of(2), Padding.none(), true)));
        Graph pool = g.build();
        assertThatThrownBy(() -> Dl4j.toComputationGraph(pool, Parameters.zeros(pool)))
                .hasMessage("max_pool: max_pool depends on the size of the pictures in DL4J; say which");
    }

    @Test
    void refusesParametersAndSizesThatDoNotFit() {
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.relu(g.image(2, 8, 8)));
        Graph fixed = g.build();
        assertThatThrownBy(() -> Dl4j.toComputationGraph(fixed, Parameters.zeros(fixed), SIZE))
                .hasMessage("input: has the shape (1, 2, 6, 5), the model wants (?, 2, 8, 8)");
        assertThatThrownBy(() -> Dl4j.toComputationGraph(graph(Padding.of(1)), Parameters.zeros(fixed)))
                .hasMessage("conv.weight: is no parameter of this graph");
    }

    @Test
    void aClassifierEndsInProbabilitiesAndLearns() {
        Graph graph = graph(Padding.of(1));
        ComputationGraph network = Dl4j.toClassifier(graph, Parameters.initialize(graph, 1), null, new Sgd(0.1));
        assertThat(network.getConfiguration().getNetworkOutputs()).containsExactly("probabilities");
        INDArray pictures = pictures(3, 6, 5);
        assertThat(network.outputSingle(pictures).sum(1).toFloatVector())
                .containsExactly(new float[] {1, 1, 1}, within());
        DataSet data = new DataSet(pictures, Nd4j.eye(3));
        double before = network.score(data, true);
        network.fit(data);
        assertThat(network.score(data, true)).isLessThan(before);
    }

    private static Offset<Float> within() {
        return Offset.offset(1e-5f);
    }

    @Test
    void pixelsAreClassifiedToo() {
        GraphBuilder g = new GraphBuilder();
        g.output("logits", g.conv("conv", g.image(2, Shape.ANY, Shape.ANY), Conv.of(3, 4)));
        Graph graph = g.build();
        ComputationGraph network = Dl4j.toClassifier(graph, Parameters.initialize(graph, 1), SIZE, new Sgd(0.1));
        INDArray pictures = pictures(2, 6, 5);
        INDArray labels = Nd4j.zeros(2, 4, 6, 5);
        for (int n = 0; n < 2; n++) {
            for (int y = 0; y < 6; y++) {
                for (int x = 0; x < 5; x++) {
                    labels.putScalar(new int[] {n, (x + y) % 4, y, x}, 1);
                }
            }
        }
        assertThat(network.outputSingle(pictures).shape()).containsExactly(2, 4, 6, 5);
        DataSet data = new DataSet(pictures, labels);
        double before = network.score(data, true);
        network.fit(data);
        assertThat(network.score(data, true)).isLessThan(before);
    }

    @Test
    void whatHasNoLogitsIsNoClassifier() {
        GraphBuilder g = new GraphBuilder();
        g.output("features", g.relu(g.image(2, 4, 4)));
        Graph graph = g.build();
        assertThatThrownBy(() -> Dl4j.toClassifier(graph, Parameters.zeros(graph), null, new Sgd(0.1)))
                .hasMessage("logits: is no output; there are features");
    }

    @Test
    void sharedParametersStandInEachLayerButAreNotTrained() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(2, 6, 5);
        Node first = g.conv("conv", x, Conv.of(3, 4).withBias());
        Node second = g.again(first, g.relu(x));
        g.output("first", first);
        g.output("second", second);
        g.output("logits", g.globalAveragePool(g.add(first, second)));
        Graph graph = g.build();
        Parameters parameters = Parameters.initialize(graph, 1);
        parameters.get("conv.bias")[2] = 3;
        INDArray pictures = pictures(2, 6, 5);
        INDArray positive = pictures.add(10);
        ComputationGraph network = Dl4j.toComputationGraph(graph, parameters);
        INDArray[] values = network.output(positive);
        assertThat(values[1]).isEqualTo(values[0]);
        assertThat(network.output(pictures)[1]).isNotEqualTo(network.output(pictures)[0]);
        assertThatThrownBy(() -> Dl4j.toClassifier(graph, parameters, null, new Sgd(0.1)))
                .isInstanceOf(GraphException.class)
                .hasMessage("conv_1: shares conv.weight with conv, which layers of a DL4J network cannot while they are"
                        + " trained; export it without --trainable");
        assertThat(Dl4j.toComputationGraph(graph.withOutputs("second"), parameters)
                        .output(positive)[0])
                .isEqualTo(values[0]);
    }

    @Test
    void anArchiveKeepsTheUpdater() throws IOException {
        Graph graph = graph(Padding.of(1));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Dl4j.write(graph, Parameters.initialize(graph, 1), SIZE, true, bytes);
        ComputationGraph read =
                ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(bytes.toByteArray()), true);
        assertThat(read.getConfiguration().getNetworkOutputs()).containsExactly("probabilities");
        assertThat(read.getLayer("conv").conf().getLayer().getUpdaterByParam("W"))
                .isEqualTo(new Adam(1e-4));
    }

    /** A node may be called as an output, or as what stands for part of another one. */
    @Test
    void keepsNamesApart() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.conv("y", g.image(2, 4, 4), Conv.of(1, 2));
        Node padded = g.conv("z", x, Conv.of(2, 2).padding(Padding.same()));
        g.output("y", g.conv("z/padded", padded, Conv.of(1, 1)));
        g.output("again", g.outputs().get("y"));
        g.output("input2", x);
        Graph graph = g.build();
        ComputationGraph network = Dl4j.toComputationGraph(graph, Parameters.initialize(graph, 2), Size.of(4));
        INDArray[] values = network.output(pictures(1, 4, 4));
        assertThat(network.getConfiguration().getNetworkOutputs()).containsExactly("y", "again", "input2");
        assertThat(values[0]).isEqualTo(values[1]);
        assertThat(values[2].shape()).containsExactly(1, 2, 4, 4);
    }

    /** An activation must not write over what others read, the picture above all. */
    @Test
    void picturesStayAsTheyAre() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(2, 4, 4);
        g.output("picture", g.dropout(x, 0.5));
        g.output("y", g.relu(x));
        g.output("rows", g.relu(g.flatten(x)));
        Graph graph = g.build();
        INDArray pictures = pictures(1, 4, 4);
        INDArray before = pictures.dup();
        INDArray[] values =
                Dl4j.toComputationGraph(graph, Parameters.zeros(graph)).output(pictures);
        assertThat(pictures).isEqualTo(before);
        assertThat(values[0]).isEqualTo(before);
        assertThat(values[1].minNumber().floatValue()).isZero();
        assertThat(values[2].minNumber().floatValue()).isZero();
    }

    /** DL4J's own inference of sizes goes through our layers. */
    @Test
    void layersTellTheirSizes() {
        InputType map = InputType.convolutional(6, 5, 4);
        assertThat(new GeluLayer().getOutputType(0, map)).isEqualTo(map);
        assertThat(new ShuffleLayer(2).getOutputType(0, map)).isEqualTo(map);
        assertThat(new SelectLayer(3, 0, 0).getOutputType(0, map)).isEqualTo(InputType.convolutional(6, 5, 3));
        assertThat(new SelectLayer(3, 0).getOutputType(0, InputType.feedForward(4)))
                .isEqualTo(InputType.feedForward(2));
        assertThat(new CellNormLayer(4, 4, 1e-6).getOutputType(0, map)).isEqualTo(map);
        assertThat(new GridLayer(new double[3][6], new double[2][5]).getOutputType(0, map))
                .isEqualTo(InputType.convolutional(3, 2, 4));
        assertThat(PaddingLayer.lowest(new Padding.Explicit(1, 2, 3, 4)).getOutputType(0, map))
                .isEqualTo(InputType.convolutional(10, 11, 4));
        assertThat(PaddingLayer.zeros(new Pad(1, 2, Padding.none())).getOutputType(0, map))
                .isEqualTo(InputType.convolutional(6, 5, 7));
    }
}
