package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class NmsTest {

    /** Every kept box is free of better kept ones, every other has a better kept one: that has one solution only. */
    @TestFactory
    Stream<DynamicTest> keepsWhatNoBetterBoxCovers() {
        return Seeded.cases(100, random -> {
            int count = random.nextInt(150);
            float[] boxes = Seeded.boxes(random, count);
            float[] scores = scores(random, count);
            double threshold = random.nextInt(11) / 10.0;
            int[] kept = Nms.keep(boxes, scores, threshold);
            float[] iou = Overlap.IOU.matrix(boxes, boxes);
            for (int i = 0; i < count; i++) {
                int candidate = i;
                boolean covered = Arrays.stream(kept)
                        .anyMatch(k -> isBetter(scores, k, candidate) && iou[k * count + candidate] > threshold);
                assertThat(Arrays.stream(kept).anyMatch(k -> k == candidate)).isEqualTo(!covered);
            }
            for (int k = 1; k < kept.length; k++) {
                assertThat(isBetter(scores, kept[k - 1], kept[k])).isTrue();
            }
        });
    }

    private static float[] scores(Random random, int count) {
        float[] scores = new float[count];
        for (int i = 0; i < count; i++) {
            scores[i] = (random.nextInt(41) - 20) / 7f; // negative, equal and zero ones too
        }
        return scores;
    }

    private static boolean isBetter(float[] scores, int a, int b) {
        return scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
    }

    @TestFactory
    Stream<DynamicTest> isIdempotent() {
        return Seeded.cases(50, random -> {
            float[] boxes = Seeded.boxes(random, 80);
            float[] scores = Seeded.floats(random, 80);
            int[] kept = Nms.keep(boxes, scores, 0.4);
            float[] keptScores = new float[kept.length];
            for (int k = 0; k < kept.length; k++) {
                keptScores[k] = scores[kept[k]];
            }
            assertThat(Nms.keep(Boxes.take(boxes, kept), keptScores, 0.4))
                    .isEqualTo(IntStream.range(0, kept.length).toArray());
        });
    }

    @TestFactory
    Stream<DynamicTest> suppressesOnlyAboveTheThresholdToTheLastBit() {
        return Seeded.cases(200, random -> {
            float[] boxes = {0, 0, 50, 50, random.nextInt(40), random.nextInt(40), 50 + random.nextInt(30), 60};
            float[] scores = {1, 0};
            double iou = Overlap.IOU.matrix(Boxes.take(boxes, new int[] {0}), Boxes.take(boxes, new int[] {1}))[0];
            assertThat(Nms.keep(boxes, scores, iou)).containsExactly(0, 1);
            assertThat(Nms.keep(boxes, scores, Math.nextDown(iou))).containsExactly(0);
        });
    }

    @TestFactory
    Stream<DynamicTest> classesDoNotDisturbEachOther() {
        return Seeded.cases(50, random -> {
            int count = random.nextInt(90);
            float[] boxes = Seeded.boxes(random, count);
            float[] scores = scores(random, count);
            int[] classes = random.ints(count, -2, 3).toArray();
            int[] kept = Nms.keepPerClass(boxes, scores, classes, 0.3);
            for (int c = -2; c < 3; c++) {
                int wanted = c;
                int[] members = IntStream.range(0, count)
                        .filter(i -> classes[i] == wanted)
                        .toArray();
                float[] memberScores = new float[members.length];
                for (int i = 0; i < members.length; i++) {
                    memberScores[i] = scores[members[i]];
                }
                int[] alone = Nms.keep(Boxes.take(boxes, members), memberScores, 0.3);
                assertThat(Arrays.stream(kept).filter(k -> classes[k] == wanted).toArray())
                        .isEqualTo(Arrays.stream(alone).map(i -> members[i]).toArray());
            }
            for (int k = 1; k < kept.length; k++) {
                assertThat(isBetter(scores, kept[k - 1], kept[k])).isTrue();
            }
        });
    }

    @Test
    void minusZeroIsNotWorseThanZero() {
        float[] boxes = {0, 0, 1, 1, 5, 5, 6, 6, 9, 9, 10, 10};
        assertThat(Nms.keep(boxes, new float[] {-0f, 0f, 1e-30f}, 0.5)).containsExactly(2, 0, 1);
    }

    @Test
    void refusesWhatItCannotOrder() {
        float[] boxes = {0, 0, 1, 1};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Nms.keep(boxes, new float[2], 0.5))
                .withMessage("scores: has 2 numbers, needs 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Nms.keep(boxes, new float[] {Float.NaN}, 0.5))
                .withMessage("scores: number 0 is NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Nms.keep(boxes, new float[1], 1.1))
                .withMessage("threshold: must lie in [0, 1], is 1.1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Nms.keep(boxes, new float[1], 0.5, -1))
                .withMessage("maximum: must be at least 0, is -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Nms.keepPerClass(boxes, new float[1], new int[2], 0.5))
                .withMessage("classes: has 2 numbers, needs 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Nms.keep(new float[] {0, 0, Float.NaN, 1}, new float[1], 0.5));
    }
}
