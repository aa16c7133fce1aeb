package io.vertebra.cuda.emit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.CounterHash;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.region.RegionDrawer;
import io.vertebra.graph.region.RegionMatcher;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What regions are drawn and what they should say is what {@link RegionDrawer} and {@link RegionMatcher} say, bit for bit. */
class SamplesTest {
    private static final int PICTURES = 3;
    private static final int TRUTHS = 7;

    /** Boxes near the truths and elsewhere, on a grid of whole numbers so that some overlaps are equal. */
    private final float[] truths = new float[PICTURES * TRUTHS * 4];

    private final int[] labels = new int[PICTURES * TRUTHS];
    private float[] rois;
    private int node;

    private void fill(int perPicture) {
        SplittableRandom random = new SplittableRandom(perPicture);
        rois = new float[PICTURES * perPicture * 5];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i >= 2 * TRUTHS ? 0 : random.nextInt(4); // the last picture has no objects
            box(truths, 4 * i, 10 * random.nextInt(5), 10 * random.nextInt(5), 20, i % 6 == 1 ? 0 : 30);
        }
        for (int r = 0; r < PICTURES * perPicture; r++) {
            int picture = r / perPicture;
            rois[5 * r] = picture;
            int width = r % 11 == 5 ? 0 : 10 + random.nextInt(12);
            box(rois, 5 * r + 1, 5 * random.nextInt(10), 5 * random.nextInt(10), width, 25 + random.nextInt(12));
        }
    }

    private static void box(float[] to, int at, int x, int y, int width, int height) {
        to[at] = x;
        to[at + 1] = y;
        to[at + 2] = x + width;
        to[at + 3] = y + height;
    }

    private float[] onCard(Op op) {
        return onCard(op, (g, result) -> result);
    }

    /** What is made of the result. */
    private float[] onCard(Op op, BiFunction<GraphBuilder, Node, Node> rest) {
        GraphBuilder g = new GraphBuilder();
        Map<String, Tensor> inputs = Map.of(
                "rois", new Tensor.Floats(Shape.of(rois.length / 5, 5), rois),
                "truths", new Tensor.Floats(Shape.of(PICTURES, TRUTHS, 4), truths),
                "labels", new Tensor.Ints(Shape.of(PICTURES, TRUTHS), labels));
        Node result = g.apply(
                op,
                g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5)),
                g.input("truths", DataType.F32, Shape.of(Shape.ANY, TRUTHS, 4)),
                g.input("labels", DataType.I32, Shape.of(Shape.ANY, TRUTHS)));
        g.output("y", rest.apply(g, result));
        node = result.index();
        Graph graph = g.build();
        return Lowered.run(
                        graph, Parameters.zeros(graph), new Batch(inputs), Map.of(), Type.BF16, true, Set.of(), false)
                .outputs()
                .get("y");
    }

    /** Too few positives, too many, too few of all, more candidates than a block has threads. */
    @ParameterizedTest
    @CsvSource({"40, 16, 0.25, 0.5", "40, 100, 1, 0.1", "40, 3, 0, 0.5", "1200, 64, 0.25, 0.4", "5, 40, 0.5, 0.33333334"
    })
    void samples(int perPicture, int samples, double share, double positive) {
        fill(perPicture);
        RegionSamples op = new RegionSamples(samples, share, positive);
        float[] drawn = onCard(op);
        long key = CounterHash.key(0, 0, 0, node);
        assertThat(drawn).containsExactly(RegionDrawer.draw(op, rois, truths, labels, PICTURES, key));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.3333333333333333, 0.05, 1})
    void labels(double positive) {
        fill(300);
        RegionLabels op = new RegionLabels(positive);
        float[] found = onCard(op);
        int[] expected = RegionMatcher.labels(op, rois, truths, labels, PICTURES);
        for (int r = 0; r < expected.length; r++) {
            assertThat(found[r]).as("region %d", r).isEqualTo(expected[r]);
        }
    }

    /** In bf16, which holds them. */
    @Test
    void labels_are_numbers_to_other_operators() {
        fill(300);
        RegionLabels op = new RegionLabels(0.5);
        int[] labels = RegionMatcher.labels(op, rois, truths, this.labels, PICTURES);
        float[] sums = onCard(op, (g, found) -> g.add(found, found));
        assertThat(sums).hasSize(labels.length);
        for (int r = 0; r < labels.length; r++) {
            assertThat(sums[r]).as("region %d", r).isEqualTo(2 * labels[r]);
        }
    }

    @Test
    void targets() {
        fill(300);
        RegionTargets op = new RegionTargets(0.3, List.of(10.0, 9.0, 5.0, 4.0));
        assertThat(onCard(op)).containsExactly(RegionMatcher.targets(op, rois, truths, labels, PICTURES));
    }

    /** Regions of no picture are learnt from in no way. */
    @ParameterizedTest
    @ValueSource(floats = {-1, PICTURES, Float.NaN})
    void a_region_of_no_picture_does_not_count(float picture) {
        fill(4);
        System.arraycopy(truths, 0, rois, 1, 4);
        rois[0] = picture;
        assertThat(onCard(new RegionLabels(0.5))[0]).isEqualTo(-1);
        assertThat(onCard(new RegionTargets(0.5, List.of(1.0, 1.0, 1.0, 1.0)))).startsWith(0, 0, 0, 0);
    }
}
