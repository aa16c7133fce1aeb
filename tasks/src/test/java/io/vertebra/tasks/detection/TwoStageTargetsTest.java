package io.vertebra.tasks.detection;

import static io.vertebra.tasks.Scenes.crowd;
import static io.vertebra.tasks.Scenes.difficult;
import static io.vertebra.tasks.Scenes.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Batch;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Draw;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.Target;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.graph.region.Overlap;
import io.vertebra.heads.HeadPart;
import io.vertebra.heads.Model;
import io.vertebra.heads.TwoStageDetector;
import io.vertebra.images.Size;
import io.vertebra.tasks.Scenes;
import io.vertebra.tasks.Settings;
import io.vertebra.tasks.TwoStages;
import io.vertebra.tasks.config.LossConfig;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TwoStageTargetsTest {
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final Model MODEL = TwoStages.model(4);
    private static final TwoStageDetector DETECTOR = (TwoStageDetector) MODEL.detector();
    private static final Size SIZE = new Size(64, 64);
    private static final float[] ANCHORS = DETECTOR.anchors(new io.vertebra.graph.op.Size(64, 64));
    private static final int COUNT = ANCHORS.length / 4;
    private static final TargetEncoder TARGETS = new DetectionProblem(Settings.of(MODEL, NAMES)).targets();
    private static final float[] TRUTH = {10, 12, 26, 28};
    private static final Instance OBJECT = object(1, 10, 12, 26, 28);

    @SuppressWarnings("ArrayRecordComponent") // read by the tests only
    private record Row(int[] labels, float[] codes, float[] truths, int[] truthLabels) {
        List<Integer> anchors(int label) {
            return IntStream.range(0, COUNT)
                    .filter(a -> labels[a] == label)
                    .boxed()
                    .toList();
        }
    }

    private static Sample sample(Instance... objects) {
        return new Sample("photo.jpg", Scenes.black(50, 60), 0, Annotations.of(List.of(objects)));
    }

    /** The second row of a batch whose arrays had other values before. */
    private static Row encode(Draw draw, Instance... objects) {
        Batch batch = new Batch(2, 64, 64, 3, false);
        batch.reshape(SIZE, TARGETS.targets(SIZE));
        Arrays.fill(batch.targets().get("rpn_labels").ints(), 9);
        Arrays.fill(batch.targets().get("truth_labels").ints(), 9);
        Arrays.fill(batch.targets().get("rpn_targets").floats(), 9);
        Arrays.fill(batch.targets().get("truths").floats(), 9);
        batch.describe(1, sample(objects), 0, TARGETS, draw);
        int[] labels = batch.targets().get("rpn_labels").ints();
        float[] codes = batch.targets().get("rpn_targets").floats();
        float[] truths = batch.targets().get("truths").floats();
        int[] truthLabels = batch.targets().get("truth_labels").ints();
        assertThat(Arrays.copyOf(labels, COUNT)).containsOnly(9);
        assertThat(codes[4 * COUNT - 1] + truths[4 * TwoStages.TRUTHS - 1] + truthLabels[TwoStages.TRUTHS - 1])
                .isEqualTo(27);
        return new Row(
                Arrays.copyOfRange(labels, COUNT, 2 * COUNT),
                Arrays.copyOfRange(codes, 4 * COUNT, 8 * COUNT),
                Arrays.copyOfRange(truths, 4 * TwoStages.TRUTHS, 8 * TwoStages.TRUTHS),
                Arrays.copyOfRange(truthLabels, TwoStages.TRUTHS, 2 * TwoStages.TRUTHS));
    }

    private static Row encode(Instance... objects) {
        return encode(new Draw(1, 0, 0), objects);
    }

    @Test
    void anchorsAndObjectsHaveRoom() {
        assertThat(TARGETS.targets(SIZE))
                .containsExactly(
                        Target.ints("rpn_labels", COUNT),
                        Target.floats("rpn_targets", COUNT, 4),
                        Target.floats("truths", TwoStages.TRUTHS, 4),
                        Target.ints("truth_labels", TwoStages.TRUTHS));
        assertThat(TARGETS.targets(new Size(32, 64)).get(0).length()).isLessThan(COUNT);
    }

    @Test
    void anchorsOnAnObjectArePositiveAndThoseFarFromItNegative() {
        float[] overlaps = Overlap.IOU.matrix(TRUTH, ANCHORS);
        float best = 0;
        for (float overlap : overlaps) {
            best = Math.max(best, overlap);
        }
        Set<Integer> negatives = new HashSet<>();
        Set<Integer> positives = new HashSet<>();
        for (int epoch = 0; epoch < 40; epoch++) {
            Row row = encode(new Draw(1, epoch, 0), OBJECT);
            assertThat(row.anchors(1)).hasSizeBetween(1, TwoStages.ANCHORS / 2);
            assertThat(row.anchors(1).size() + row.anchors(0).size()).isEqualTo(TwoStages.ANCHORS);
            assertThat(row.anchors(-1)).hasSize(COUNT - TwoStages.ANCHORS);
            positives.addAll(row.anchors(1));
            negatives.addAll(row.anchors(0));
        }
        assertThat(best).isGreaterThan(0.7f);
        for (int a : positives) {
            assertThat(overlaps[a]).isGreaterThanOrEqualTo(0.7f);
        }
        for (int a : negatives) {
            assertThat(overlaps[a]).isLessThan(0.3f);
        }
        assertThat(negatives).hasSizeGreaterThan(200); // others every time
    }

    @Test
    void thePositivesAreToldTheirObject() {
        Row row = encode(OBJECT, object(2, 40, 40, 56, 56));
        float[] box = new float[4];
        Set<Integer> found = new HashSet<>();
        for (int a = 0; a < COUNT; a++) {
            if (row.labels()[a] == 1) {
                DETECTOR.anchorCoder().decode(row.codes(), 4 * a, ANCHORS, a, box, 0);
                boolean isFirst = box[0] < 30;
                found.add(isFirst ? 0 : 1);
                assertThat(box).containsExactly(isFirst ? TRUTH : new float[] {40, 40, 56, 56}, within(1e-3f));
            } else {
                assertThat(Arrays.copyOfRange(row.codes(), 4 * a, 4 * a + 4)).containsOnly(0);
            }
        }
        assertThat(found).hasSize(2);
    }

    /** A needle overlaps no anchor by 0.7; its best ones stand for it. */
    @Test
    void anObjectThatFitsNoAnchorGetsItsBest() {
        Row row = encode(object(1, 20, 30, 20.5f, 60));
        float[] overlaps = Overlap.IOU.matrix(new float[] {20, 30, 20.5f, 60}, ANCHORS);
        assertThat(row.anchors(1)).isNotEmpty();
        for (int a : row.anchors(1)) {
            for (float overlap : overlaps) {
                assertThat(overlap).isLessThanOrEqualTo(overlaps[a]);
            }
            assertThat(overlaps[a]).isLessThan(0.1f);
        }
    }

    @Test
    void theDrawHangsOnSeedEpochAndSample() {
        Row row = encode(new Draw(3, 4, 5), OBJECT);
        assertThat(encode(new Draw(3, 4, 5), OBJECT).labels()).isEqualTo(row.labels());
        for (Draw other : List.of(new Draw(4, 4, 5), new Draw(3, 5, 5), new Draw(3, 4, 6))) {
            assertThat(encode(other, OBJECT).labels()).isNotEqualTo(row.labels());
        }
    }

    @Test
    void objectsStandInTheirOrderWithoutCrowdsAndEmptyOnes() {
        Row row = encode(
                OBJECT, crowd(object(0, 1, 1, 30, 30)), object(2, 5, 5, 5, 20), difficult(object(0, 3, 4, 15, 16)));
        assertThat(row.truthLabels()).containsExactly(2, 1, 0, 0, 0);
        assertThat(row.truths()).startsWith(10, 12, 26, 28, 3, 4, 15, 16, 0, 0, 0, 0);
        assertThat(Arrays.copyOfRange(row.truths(), 8, 20)).containsOnly(0);
    }

    @Test
    void aPictureWithoutObjectsIsBackground() {
        Row row = encode();
        assertThat(row.anchors(0)).hasSize(TwoStages.ANCHORS);
        assertThat(row.anchors(1)).isEmpty();
        assertThat(row.codes()).containsOnly(0);
        assertThat(row.truthLabels()).containsOnly(0);
        assertThat(row.truths()).containsOnly(0);
    }

    @Test
    void moreObjectsThanThereIsRoomForAreRefused() {
        Instance[] full = Collections.nCopies(TwoStages.TRUTHS, OBJECT).toArray(Instance[]::new);
        assertThat(encode(full).truthLabels()).containsOnly(2);
        Instance[] many = Collections.nCopies(TwoStages.TRUTHS + 2, OBJECT).toArray(Instance[]::new);
        assertThatThrownBy(() -> encode(many))
                .isInstanceOf(DatasetException.class)
                .hasMessage("photo.jpg: has 7 objects, a batch has room for 5; set model.head.truths: 7");
        many[0] = crowd(OBJECT);
        many[1] = object(1, 2, 2, 2, 2);
        assertThat(encode(many).truthLabels()).containsOnly(2);
    }

    @Test
    void ofSeveralHeadsTheErrorNamesTheHead() {
        Model joint = TwoStages.model(Map.of("det", HeadPart.of(TwoStages.head(), 4)));
        TargetEncoder targets =
                new DetectionProblem(Settings.of(joint, Map.of("det", NAMES), LossConfig.defaults())).targets();
        Batch batch = new Batch(1, 64, 64, 3, false);
        batch.reshape(SIZE, targets.targets(SIZE));
        assertThat(batch.targets())
                .containsOnlyKeys("det.rpn_labels", "det.rpn_targets", "det.truths", "det.truth_labels");
        Sample many = sample(Collections.nCopies(6, OBJECT).toArray(Instance[]::new));
        assertThatThrownBy(() -> batch.describe(0, many, 0, targets))
                .hasMessage("photo.jpg: has 6 objects, a batch has room for 5; set model.heads.det.truths: 6");
    }
}
