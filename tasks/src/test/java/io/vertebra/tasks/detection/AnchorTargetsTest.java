package io.vertebra.tasks.detection;

import static io.vertebra.tasks.Scenes.crowd;
import static io.vertebra.tasks.Scenes.difficult;
import static io.vertebra.tasks.Scenes.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.Target;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.graph.region.Overlap;
import io.vertebra.heads.DenseDetector;
import io.vertebra.heads.Model;
import io.vertebra.images.Size;
import io.vertebra.tasks.Scenes;
import io.vertebra.tasks.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnchorTargetsTest {
    private static final Model MODEL = Settings.model(Settings.part("ssd", 4));
    private static final DenseDetector DETECTOR = (DenseDetector) MODEL.detector();
    private static final Size SIZE = new Size(64, 64);
    private static final float[] ANCHORS = DETECTOR.anchors(new io.vertebra.graph.op.Size(64, 64));
    private static final int COUNT = ANCHORS.length / 4;
    private static final TargetEncoder TARGETS =
            new DetectionProblem(Settings.of(MODEL, List.of("a", "b", "c"))).targets();

    @SuppressWarnings("ArrayRecordComponent") // read by the tests only
    private record Row(int[] labels, float[] boxes) {
        List<Integer> positives() {
            return IntStream.range(0, labels.length)
                    .filter(a -> labels[a] != 0)
                    .boxed()
                    .toList();
        }

        /** The box that a target stands for. */
        float[] box(int anchor) {
            float[] box = new float[4];
            DETECTOR.coder().decode(boxes, 4 * anchor, ANCHORS, anchor, box, 0);
            return box;
        }
    }

    /** The second row of a batch whose arrays had other values before. */
    private static Row encode(Instance... objects) {
        Batch batch = new Batch(2, 64, 64, 3, false);
        batch.reshape(SIZE, TARGETS.targets(SIZE));
        int[] labels = batch.targets().get("anchor_labels").ints();
        float[] boxes = batch.targets().get("box_targets").floats();
        Arrays.fill(labels, 9);
        Arrays.fill(boxes, 9);
        Sample sample = new Sample("s", Scenes.black(50, 60), 0, Annotations.of(List.of(objects)));
        batch.describe(1, sample, 0, TARGETS);
        assertThat(Arrays.copyOf(labels, COUNT)).containsOnly(9);
        assertThat(boxes[4 * COUNT - 1]).isEqualTo(9);
        return new Row(Arrays.copyOfRange(labels, COUNT, 2 * COUNT), Arrays.copyOfRange(boxes, 4 * COUNT, 8 * COUNT));
    }

    /** An anchor inside the picture. */
    private static int inner() {
        return IntStream.range(0, COUNT)
                .filter(a -> ANCHORS[4 * a] >= 10
                        && ANCHORS[4 * a + 1] >= 10
                        && ANCHORS[4 * a + 2] <= 50
                        && ANCHORS[4 * a + 3] <= 50)
                .findFirst()
                .orElseThrow();
    }

    private static Instance on(int label, int anchor) {
        return object(
                label, ANCHORS[4 * anchor], ANCHORS[4 * anchor + 1], ANCHORS[4 * anchor + 2], ANCHORS[4 * anchor + 3]);
    }

    @Test
    void everyAnchorHasALabelAndABox() {
        assertThat(TARGETS.targets(SIZE))
                .containsExactly(Target.ints("anchor_labels", COUNT), Target.floats("box_targets", COUNT, 4));
        assertThat(TARGETS.targets(new Size(32, 64)).get(0).length()).isLessThan(COUNT);
    }

    @Test
    void anObjectOnAnAnchorIsThatAnchorsClass() {
        int anchor = inner();
        Row row = encode(on(2, anchor));
        assertThat(row.labels()[anchor]).isEqualTo(3);
        assertThat(Arrays.copyOfRange(row.boxes(), 4 * anchor, 4 * anchor + 4))
                .containsExactly(new float[4], within(1e-5f));
        assertThat(row.positives()).contains(anchor).hasSizeBetween(1, COUNT / 10);
    }

    @Test
    void anchorsFromAnOverlapOfOneHalfOnMatch() {
        Instance object = object(0, 12, 14, 37, 36);
        Row row = encode(object);
        float[] truth = {12, 14, 37, 36};
        float[] overlaps = Overlap.IOU.matrix(truth, ANCHORS);
        for (int a = 0; a < COUNT; a++) {
            assertThat(row.labels()[a]).as("anchor %d", a).isEqualTo(overlaps[a] >= 0.5 ? 1 : 0);
        }
        assertThat(row.positives().size()).isGreaterThan(1);
        for (int a : row.positives()) {
            assertThat(row.box(a)).containsExactly(truth, within(1e-3f));
        }
        for (int i = 0; i < row.boxes().length; i++) {
            assertThat(row.labels()[i / 4] == 0 && row.boxes()[i] != 0).isFalse();
        }
    }

    /** A needle overlaps no anchor by half; its best one stands for it. */
    @Test
    void anObjectThatFitsNoAnchorGetsItsBest() {
        Row row = encode(object(1, 20, 30, 20.5f, 31));
        assertThat(row.positives()).hasSize(1);
        int anchor = row.positives().get(0);
        assertThat(row.labels()[anchor]).isEqualTo(2);
        float[] overlaps = Overlap.IOU.matrix(new float[] {20, 30, 20.5f, 31}, ANCHORS);
        for (float overlap : overlaps) {
            assertThat(overlap).isLessThanOrEqualTo(overlaps[anchor]);
        }
        assertThat(row.box(anchor)).containsExactly(new float[] {20, 30, 20.5f, 31}, within(1e-3f));
    }

    @Test
    void crowdsAndEmptyBoxesAreBackground() {
        int anchor = inner();
        assertThat(encode(crowd(on(1, anchor))).positives()).isEmpty();
        assertThat(encode(object(1, 5, 5, 5, 20), object(1, 5, 5, 20, 5), object(0, 7, 7, 7, 7))
                        .positives())
                .isEmpty();
        // the one behind them keeps its class
        Row row = encode(crowd(on(1, anchor)), object(1, 5, 5, 5, 20), on(2, anchor));
        assertThat(row.labels()[anchor]).isEqualTo(3);
    }

    @Test
    void difficultObjectsAreLearnt() {
        int anchor = inner();
        assertThat(encode(difficult(on(1, anchor))).labels()[anchor]).isEqualTo(2);
    }

    @Test
    void aPictureWithoutObjectsIsAllBackground() {
        Row row = encode();
        assertThat(row.labels()).containsOnly(0);
        assertThat(row.boxes()).containsOnly(0);
    }
}
