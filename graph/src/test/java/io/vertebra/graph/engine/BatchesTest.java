package io.vertebra.graph.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchesTest {
    private static final int ANCHORS = 4;

    /** Anchors of three classes on a map of 2x2, and regions cut from it. */
    private final Batches batches = new Batches(graph());

    private static Graph graph() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, 2, 2);
        Node labels = g.input("anchor_labels", DataType.I32, Shape.of(Shape.ANY, ANCHORS));
        Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
        g.output("loss", g.apply(new HardNegativeCrossEntropy(3, 0), g.mapRows(x, 3), labels));
        g.output("regions", g.roiAlign(x, rois, new RoiAlign(Size.of(1), 1, 2, true)));
        return g.build();
    }

    private static Batch batch(int pictures, int lastLabel, float... roiPictures) {
        int[] labels = new int[pictures * ANCHORS];
        labels[labels.length - 1] = lastLabel;
        float[] rois = new float[5 * roiPictures.length];
        for (int i = 0; i < roiPictures.length; i++) {
            rois[5 * i] = roiPictures[i];
        }
        return new Batch(Map.of(
                "input", Tensor.of(new float[pictures * 12], pictures, 3, 2, 2),
                "anchor_labels", Tensor.of(labels, pictures, ANCHORS),
                "rois", Tensor.of(rois, roiPictures.length, 5)));
    }

    @Test
    void knowsWhetherTheShapesAreThoseBefore() {
        assertThat(batches.check(batch(2, 2, 0, 1, 1))).isFalse();
        assertThat(batches.check(batch(2, -1, 1, 1, 0))).isTrue();
        assertThat(batches.check(batch(2, 0, 1, 1))).isFalse();
        assertThat(batches.check(batch(1, 0, 0, 0))).isFalse();
        assertThat(batches.shapes())
                .isEqualTo(Map.of(
                        "input", Shape.of(1, 3, 2, 2),
                        "anchor_labels", Shape.of(1, ANCHORS),
                        "rois", Shape.of(2, 5)));
    }

    @Test
    void whatWasRefusedIsNotRemembered() {
        batches.check(batch(2, 0, 0));
        Batch bad = batch(2, 3, 0);
        assertThatThrownBy(() -> batches.check(bad))
                .isInstanceOf(GraphException.class)
                .hasMessage("anchor_labels: has the class 3, the model has 3 classes from 0 (-1 is ignored)");
        assertThat(batches.check(batch(2, 0, 0))).isFalse();
        assertThat(batches.check(batch(2, 0, 0))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(floats = {-1, 2, 0.5f, Float.NaN, Float.POSITIVE_INFINITY})
    void regionsNameAPictureOfTheBatch(float picture) {
        Batch bad = batch(2, 0, 1, picture);
        assertThatThrownBy(() -> batches.check(bad))
                .isInstanceOf(GraphException.class)
                .hasMessage("rois: names the picture " + picture + ", there are 2 from 0");
    }

    @Test
    void bytesAreForPictures() {
        Batch floats = batch(2, 0, 1);
        Map<String, Tensor> inputs = new HashMap<>(floats.inputs());
        inputs.put("input", Tensor.of(new byte[24], new float[768], 2, 3, 2, 2));
        batches.check(floats);
        assertThat(batches.check(new Batch(inputs))).isTrue();
        inputs.put("rois", Tensor.of(new byte[5], new float[5 * 256], 1, 5, 1, 1));
        assertThatThrownBy(() -> batches.check(new Batch(inputs)))
                .isInstanceOf(GraphException.class)
                .hasMessage("rois: wants floating point; bytes are for pictures");
        inputs.put("anchor_labels", Tensor.of(new byte[8], new float[4 * 256], 2, 4, 1, 1));
        assertThatThrownBy(() -> batches.check(new Batch(inputs))).isInstanceOf(GraphException.class);
    }
}
