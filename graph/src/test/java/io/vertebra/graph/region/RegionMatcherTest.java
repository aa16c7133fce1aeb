package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionTargets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RegionMatcherTest {
    private static final RegionLabels HALF = new RegionLabels(0.5);
    private static final RegionTargets CODES = new RegionTargets(0.5, List.of(2.0, 1.0, 1.0, 1.0));

    /** Two truths a picture. */
    private static final float[] TRUTHS = {0, 0, 10, 10, 0, 0, 10, 10, 0, 0, 40, 40, 20, 0, 30, 10};

    @TestFactory
    Stream<DynamicTest> agreesWithTheMatcherOfTables() {
        return Seeded.cases(50, random -> {
            int count = 1 + random.nextInt(60);
            int objects = 1 + random.nextInt(9);
            float[] boxes = Seeded.boxes(random, count);
            float[] truths = Seeded.boxes(random, objects);
            int[] labels = random.ints(objects, 1, 90).toArray();
            int[] matches = new Matcher(0.3, 0.3, false).match(Overlap.IOU.matrix(truths, boxes), objects, count);
            float[] rois = new float[5 * count];
            int[] wanted = new int[count];
            for (int i = 0; i < count; i++) {
                System.arraycopy(boxes, 4 * i, rois, 5 * i + 1, 4);
                wanted[i] = matches[i] < 0 ? 0 : labels[matches[i]];
            }
            assertThat(RegionMatcher.labels(new RegionLabels(0.3), rois, truths, labels, 1))
                    .isEqualTo(wanted);
        });
    }

    @Test
    void readsTheTruthsOfTheRegionsPicture() {
        float[] rois = {1, 0, 0, 40, 39, 0, 0, 0, 10, 9, 1, 20, 1, 30, 11, 0, 20, 1, 30, 11};
        assertThat(RegionMatcher.labels(HALF, rois, TRUTHS, new int[] {3, 4, 5, 6}, 2))
                .containsExactly(5, 3, 6, 0);
        assertThat(RegionMatcher.labels(HALF, rois, TRUTHS, new int[] {0, 4, 5, 0}, 2))
                .containsExactly(5, 4, 0, 0);
    }

    @Test
    void anOverlapMayBeJustTheLeast() {
        float[] rois = {0, 0, 0, 5, 10};
        int[] labels = {0, 7, 0, 0};
        assertThat(RegionMatcher.labels(HALF, rois, TRUTHS, labels, 2)).containsExactly(7);
        assertThat(RegionMatcher.labels(new RegionLabels(0.501), rois, TRUTHS, labels, 2))
                .containsExactly(0);
        assertThat(RegionMatcher.targets(CODES, rois, TRUTHS, labels, 2)).containsExactly(1, 0, (float) Math.log(2), 0);
        assertThat(RegionMatcher.targets(new RegionTargets(0.501, CODES.weights()), rois, TRUTHS, labels, 2))
                .containsExactly(0, 0, 0, 0);
    }

    @Test
    void regionsWithoutAreaHaveNoClassAndNoTarget() {
        float[] rois = {0, 0, 0, 0, 0, 1, 5, 5, 5, 9, 1, 9, 5, 5, 9, 0, 0, 0, 10, 10};
        int[] labels = {1, 0, 2, 0};
        assertThat(RegionMatcher.labels(HALF, rois, TRUTHS, labels, 2)).containsExactly(-1, -1, -1, 1);
        assertThat(RegionMatcher.targets(CODES, rois, TRUTHS, labels, 2))
                .containsOnly(0)
                .hasSize(16);
    }

    @Test
    void refusesWhatDoesNotFit() {
        int[] labels = new int[4];
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegionMatcher.labels(HALF, new float[6], TRUTHS, labels, 2))
                .withMessage("rois: has 6 numbers, no multiple of 5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegionMatcher.targets(CODES, new float[] {2, 0, 0, 1, 1}, TRUTHS, labels, 2))
                .withMessage("rois: row 0 names image 2.0 of 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegionMatcher.labels(HALF, new float[5], TRUTHS, new int[3], 2))
                .withMessage("truths: has 16 numbers, needs 12");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegionMatcher.labels(HALF, new float[5], TRUTHS, labels, 3))
                .withMessage("labels: has 4 numbers, no multiple of 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegionMatcher.labels(HALF, new float[5], TRUTHS, labels, 0));
    }
}
