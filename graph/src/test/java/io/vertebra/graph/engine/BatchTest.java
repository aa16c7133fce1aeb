package io.vertebra.graph.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.SoftmaxDice;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tensors, batches, and what of them fits a graph. */
class BatchTest {

    @Test
    void tensorsHaveAsManyElementsAsTheirShape() {
        float[] data = new float[6];
        Tensor.Floats floats = Tensor.of(data, 2, 3);
        assertThat(floats.shape()).isEqualTo(Shape.of(2, 3));
        assertThat(floats.data()).isSameAs(data);
        Tensor.Ints ints = Tensor.of(new int[] {1, 2}, 2);
        assertThat(ints.shape()).isEqualTo(Shape.of(2));
        assertThat(ints.data()).containsExactly(1, 2);
        assertThatThrownBy(() -> Tensor.of(data, 2, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a tensor (2, 4) cannot have 6 elements");
        assertThatThrownBy(() -> Tensor.of(new int[3], 2)).hasMessage("a tensor (2) cannot have 3 elements");
    }

    @Test
    void batchesAreNamedByTheirUse() {
        Tensor.Floats images = Tensor.of(new float[96], 2, 3, 4, 4);
        Tensor.Ints labels = Tensor.of(new int[2], 2);
        assertThat(Batch.of(images).inputs()).isEqualTo(Map.of("input", images));
        assertThat(Batch.of(images, labels).inputs()).isEqualTo(Map.of("input", images, "labels", labels));
        assertThat(Batch.of(images, labels).shapes())
                .isEqualTo(Map.of("input", Shape.of(2, 3, 4, 4), "labels", Shape.of(2)));
    }

    @Test
    void batchesAreHeldAgainstTheGraph() {
        Tensor.Floats images = Tensor.of(new float[96], 2, 3, 4, 4);
        Graph graph = EngineValuesTest.graph();
        Batch.of(images, Tensor.of(new int[] {0, 4}, 2)).requireFits(graph);
        Batch.of(images, Tensor.of(new int[] {255, 255}, 2)).requireFits(graph);
        assertThatThrownBy(() -> Batch.of(images).requireFits(graph))
                .isInstanceOf(GraphException.class)
                .hasMessage("labels: is an input that was not given");
        assertThatThrownBy(() ->
                        Batch.of(images, Tensor.of(new int[] {0, 5}, 2)).requireFits(graph))
                .isInstanceOf(GraphException.class)
                .hasMessage("labels: has the class 5, the model has 5 classes from 0 (255 is ignored)");
        assertThatThrownBy(() ->
                        Batch.of(images, Tensor.of(new int[] {-1, 0}, 2)).requireFits(graph))
                .hasMessage("labels: has the class -1, the model has 5 classes from 0 (255 is ignored)");
        Map<String, Tensor> swapped = Map.of("input", images, "labels", Tensor.of(new float[2], 2));
        assertThatThrownBy(() -> new Batch(swapped).requireFits(graph)).hasMessage("labels: wants integers");
        Map<String, Tensor> ints =
                Map.of("input", Tensor.of(new int[96], 2, 3, 4, 4), "labels", Tensor.of(new int[2], 2));
        assertThatThrownBy(() -> new Batch(ints).requireFits(graph)).hasMessage("input: wants floating point");
    }

    @Test
    void labelsOfRowsAreHeldAgainstTheirColumns() {
        GraphBuilder g = new GraphBuilder();
        var rows = g.mapRows(g.image(6, 2, 2), 3);
        var labels = g.input("det.anchor_labels", DataType.I32, Shape.of(Shape.ANY, 8));
        g.output("loss", g.apply(new HardNegativeCrossEntropy(3, 0), rows, labels));
        Graph graph = g.build();
        Tensor.Floats images = Tensor.of(new float[24], 1, 6, 2, 2);
        anchors(images, -1, 0, 2).requireFits(graph);
        // there are 8 rows, but 3 columns
        assertThatThrownBy(() -> anchors(images, 3).requireFits(graph))
                .isInstanceOf(GraphException.class)
                .hasMessage("det.anchor_labels: has the class 3, the model has 3 classes from 0 (-1 is ignored)");
        assertThatThrownBy(() -> anchors(images, -2).requireFits(graph))
                .hasMessage("det.anchor_labels: has the class -2, the model has 3 classes from 0 (-1 is ignored)");
    }

    private static Batch anchors(Tensor.Floats images, int... first) {
        int[] labels = Arrays.copyOf(first, 8);
        return new Batch(Map.of("input", images, "det.anchor_labels", Tensor.of(labels, 1, 8)));
    }

    @Test
    void eachLossHoldsItsOwnLabelsAgainstItsClasses() {
        GraphBuilder g = new GraphBuilder();
        var map = g.image(4, 2, 2);
        var pixels = g.input("seg.labels", DataType.I32, Shape.of(Shape.ANY, 2, 2));
        var pictures = g.input("cls.labels", DataType.I32, Shape.of(Shape.ANY));
        var overlap = g.apply(new SoftmaxDice(1, 255), map, pixels);
        var classes = g.linear("fc", g.globalAveragePool(map), 2);
        var loss = g.softmaxCrossEntropy(classes, pictures, new SoftmaxCrossEntropy(0, -100));
        g.output("loss", g.weightedSum(List.of(overlap, loss), List.of(1.0, 1.0)));
        Graph graph = g.build();
        joint(3, 1).requireFits(graph);
        joint(255, -100).requireFits(graph);
        assertThatThrownBy(() -> joint(4, 1).requireFits(graph))
                .hasMessage("seg.labels: has the class 4, the model has 4 classes from 0 (255 is ignored)");
        assertThatThrownBy(() -> joint(3, 2).requireFits(graph))
                .hasMessage("cls.labels: has the class 2, the model has 2 classes from 0 (-100 is ignored)");
        assertThatThrownBy(() -> joint(-100, 1).requireFits(graph)).hasMessageStartingWith("seg.labels: ");
    }

    private static Batch joint(int pixel, int picture) {
        return new Batch(Map.of(
                "input", Tensor.of(new float[16], 1, 4, 2, 2),
                "seg.labels", Tensor.of(new int[] {0, 1, 2, pixel}, 1, 2, 2),
                "cls.labels", Tensor.of(new int[] {picture}, 1)));
    }

    @Test
    void aNormNeedsTwoValuesToTrain() {
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.batchNorm("bn", g.image(3, Shape.ANY, Shape.ANY)));
        Graph graph = g.build();
        for (Shape enough : List.of(Shape.of(2, 3, 1, 1), Shape.of(1, 3, 2, 1), Shape.of(1, 3, 1, 2))) {
            TrainingChecks.requireTrainable(graph, graph.shapes(Map.of("input", enough)));
        }
        List<Shape> one = graph.shapes(Map.of("input", Shape.of(1, 3, 1, 1)));
        assertThatThrownBy(() -> TrainingChecks.requireTrainable(graph, one))
                .isInstanceOf(GraphException.class)
                .hasMessage(
                        "bn: has one value a channel in a training batch, a batch norm needs two; use a larger batch"
                                + " or picture, or norm: frozen");
        GraphBuilder frozen = new GraphBuilder(Conventions.DEFAULT.withFrozenNorm());
        frozen.output("y", frozen.batchNorm("bn", frozen.image(3, 1, 1)));
        TrainingChecks.requireTrainable(frozen.build(), one);
    }

    @Test
    void bytesStandForTheValuesOfTheirChannels() {
        float[] values = new float[2 * 256];
        for (int i = 0; i < 256; i++) {
            values[i] = i / 255f;
            values[256 + i] = -i;
        }
        byte[] samples = {0, 1, (byte) 255, 2, 3, (byte) 128, 4, 5, 6, 7, 8, 9};
        Tensor.Bytes bytes = Tensor.of(samples, values, 2, 2, 1, 3);
        Tensor.Floats floats = bytes.floats();
        assertThat(floats.shape()).isEqualTo(Shape.of(2, 2, 1, 3));
        assertThat(floats.data())
                .containsExactly(0, 1, 3 / 255f, -1, -2, -128, 4 / 255f, 6 / 255f, 8 / 255f, -5, -7, -9);
        assertThat(bytes.data()).isSameAs(samples);
        assertThatThrownBy(() -> Tensor.of(samples, values, 2, 2, 1, 4))
                .hasMessage("a tensor (2, 2, 1, 4) cannot have 12 elements");
        assertThatThrownBy(() -> Tensor.of(samples, values, 2, 2, 3))
                .hasMessage("a tensor of bytes has the form (N, C, H, W), not (2, 2, 3)");
        assertThatThrownBy(() -> Tensor.of(samples, new float[256], 2, 2, 1, 3))
                .hasMessage("2 channels of bytes stand for 256 values each, not for 256");
    }

    @Test
    void aBatchOfBytesIsDecodedBesideItsTargets() {
        Tensor.Ints labels = Tensor.of(new int[2], 2);
        Tensor.Bytes bytes = Tensor.of(new byte[24], new float[768], 2, 3, 2, 2);
        Batch batch = Batch.of(bytes, labels);
        Batch decoded = batch.decoded();
        assertThat(decoded.inputs().keySet()).containsExactlyInAnyOrder("input", "labels");
        assertThat(decoded.inputs().get("labels")).isSameAs(labels);
        assertThat(decoded.inputs().get("input"))
                .isInstanceOfSatisfying(
                        Tensor.Floats.class,
                        f -> assertThat(f.data()).hasSize(24).containsOnly(0));
        assertThat(decoded.decoded()).isSameAs(decoded);
    }
}
