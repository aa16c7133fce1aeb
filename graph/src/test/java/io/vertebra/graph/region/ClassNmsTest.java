package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vertebra.graph.op.Size;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassNmsTest {

    /** Anchors, coder and suppression together give the detections of the published SSD, photo by photo. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void findsWhatTheReferenceFindsInThePhotos(int photo) {
        Tensors golden = Tensors.read("weights/ssd_mobilenet_v1_0.75_coco.golden.safetensors");
        Size picture = Size.of(300);
        float[] anchors = SsdAnchors.coco().boxes(picture, AnchorsTest.COCO_GRIDS);
        int length = anchors.length;
        float[] codes = Arrays.copyOfRange(golden.floats("box_encodings"), photo * length, (photo + 1) * length);
        float[] boxes = BoxCoder.tensorflow().decode(codes, anchors);
        float[] logits = golden.floats("class_logits");
        float[] scores = new float[1917 * 91];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) (1 / (1 + Math.exp(-logits[photo * scores.length + i])));
        }
        ClassNms.Selection found =
                new ClassNms(0.3, 0.6, ClassNms.ALL, ClassNms.ALL, ClassNms.ALL).select(boxes, scores, 91, 1);
        float[] rows = golden.floats("detections." + photo);
        assertThat(found.count()).isEqualTo(rows.length / 6);
        for (int i = 0; i < found.count(); i++) {
            float[] row = Arrays.copyOfRange(rows, 6 * i, 6 * i + 6); // score, class, ymin, xmin, ymax, xmax in [0, 1]
            assertThat(found.classes()[i]).isEqualTo((int) row[1]);
            Close.absolute(new float[] {found.scores()[i]}, new float[] {row[0]}, 1e-6);
            float[] wanted = {row[3] * 300, row[2] * 300, row[5] * 300, row[4] * 300};
            Close.absolute(Boxes.take(boxes, new int[] {found.boxes()[i]}), wanted, 1e-3);
        }
    }

    @TestFactory
    Stream<DynamicTest> equalsSuppressionOfOneClassAfterTheOther() {
        return Seeded.cases(60, random -> {
            int count = random.nextInt(60);
            int columns = 1 + random.nextInt(5);
            int first = random.nextInt(columns);
            float[] boxes = Seeded.boxes(random, count);
            float[] scores = Seeded.floats(random, count * columns);
            ClassNms nms = new ClassNms(0.4, 0.3, 20, 5, 12);
            ClassNms.Selection found = nms.select(boxes, scores, columns, first);
            int total = 0;
            for (int c = first; c < columns; c++) {
                int column = c;
                int[] members = IntStream.range(0, count)
                        .filter(i -> scores[i * columns + column] > 0.4f)
                        .boxed()
                        .sorted((a, b) -> Float.compare(scores[b * columns + column], scores[a * columns + column]))
                        .limit(20)
                        .mapToInt(Integer::intValue)
                        .toArray();
                float[] own = new float[members.length];
                for (int i = 0; i < own.length; i++) {
                    own[i] = scores[members[i] * columns + column];
                }
                int[] kept = Nms.keep(Boxes.take(boxes, members), own, 0.3, 5);
                int[] inFound = IntStream.range(0, found.count())
                        .filter(i -> found.classes()[i] == column)
                        .map(i -> found.boxes()[i])
                        .toArray();
                assertThat(inFound)
                        .isEqualTo(Arrays.stream(kept)
                                .map(i -> members[i])
                                .limit(inFound.length)
                                .toArray());
                total += kept.length;
            }
            assertThat(found.count()).isEqualTo(Math.min(total, 12));
            for (int i = 0; i < found.count(); i++) {
                assertThat(found.scores()[i]).isEqualTo(scores[found.boxes()[i] * columns + found.classes()[i]]);
                assertThat(i == 0 || found.scores()[i] <= found.scores()[i - 1]).isTrue();
            }
        });
    }

    /** Four boxes apart from each other, all of class 1 or 2. */
    private static final float[] APART = {0, 0, 1, 1, 2, 0, 3, 1, 4, 0, 5, 1, 6, 0, 7, 1};

    private static final float[] SCORES = {0, .9f, .5f, 0, .8f, .5f, 0, .7f, .5f, 1, .6f, .5f};

    @ParameterizedTest
    @CsvSource({
        "0.5, 9, 9, 9, '0 1 2 3', '1 1 1 1'", // 0.5 itself is not above 0.5
        "0.4, 9, 9, 9, '0 1 2 3 0 1 2 3', '1 1 1 1 2 2 2 2'",
        "0.4, 2, 9, 9, '0 1 0 1', '1 1 2 2'",
        "0.4, 9, 3, 9, '0 1 2 0 1 2', '1 1 1 2 2 2'",
        "0.4, 9, 9, 5, '0 1 2 3 0', '1 1 1 1 2'",
        "0.65, 9, 9, 9, '0 1 2', '1 1 1'",
        "0.95, 9, 9, 9, '', ''"
    })
    void keepsToItsLimits(double score, int candidates, int perClass, int perPicture, String boxes, String classes) {
        ClassNms.Selection found =
                new ClassNms(score, 0.5, candidates, perClass, perPicture).select(APART, SCORES, 3, 1);
        assertThat(found.boxes()).isEqualTo(ints(boxes));
        assertThat(found.classes()).isEqualTo(ints(classes));
    }

    private static int[] ints(String text) {
        return text.isEmpty()
                ? new int[0]
                : Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
    }

    @Test
    void backgroundCompetesOnlyIfAsked() {
        ClassNms nms = new ClassNms(0.95, 0.5, 9, 9, 9);
        assertThat(nms.select(APART, SCORES, 3, 0).boxes()).containsExactly(3);
        assertThat(nms.select(APART, SCORES, 3, 0).classes()).containsExactly(0);
        assertThat(nms.select(APART, SCORES, 3, 1).count()).isZero();
        assertThat(nms.select(new float[0], new float[0], 3, 1).count()).isZero();
    }

    @Test
    void moreDetectionsThanRoomAtFirst() {
        int count = 300;
        float[] boxes = new float[4 * count];
        for (int i = 0; i < count; i++) {
            Boxes.set(boxes, 4 * i, 2 * i, 0, 2 * i + 1, 1);
        }
        float[] scores = new float[count];
        Arrays.fill(scores, 0.5f);
        ClassNms all = new ClassNms(0, 0.5, ClassNms.ALL, ClassNms.ALL, ClassNms.ALL);
        assertThat(all.select(boxes, scores, 1, 0).boxes())
                .isEqualTo(IntStream.range(0, count).toArray());
    }

    @Test
    void refusesWhatItCannotUse() {
        ClassNms nms = new ClassNms(0.5, 0.5, 9, 9, 9);
        for (int column : new int[] {0, 1, 2}) { // also in the background column
            float[] scores = SCORES.clone();
            scores[6 + column] = Float.NaN;
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> nms.select(APART, scores, 3, 1))
                    .withMessage("scores: box 2, class " + column + ": NaN");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> nms.select(APART, SCORES, 4, 1))
                .withMessage("scores: has 12 numbers, needs 16");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> nms.select(APART, SCORES, 3, 3))
                .withMessage("first_class: 3 of 3 columns");
        assertThatIllegalArgumentException().isThrownBy(() -> nms.select(APART, SCORES, 3, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> nms.select(APART, SCORES, 0, 0));
        for (List<Double> bad : List.of(
                List.of(Double.NaN, .5, 1., 1., 1.),
                List.of(.5, 1.5, 1., 1., 1.),
                List.of(.5, .5, 0., 1., 1.),
                List.of(.5, .5, 1., 0., 1.),
                List.of(.5, .5, 1., 1., 0.))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new ClassNms(
                            bad.get(0),
                            bad.get(1),
                            bad.get(2).intValue(),
                            bad.get(3).intValue(),
                            bad.get(4).intValue()));
        }
    }
}
