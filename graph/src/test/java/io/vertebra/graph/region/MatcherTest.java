package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class MatcherTest {

    @Test
    void thresholdsBelongToTheBetterSide() {
        float[] quality = {0.25f, 0.24f, 0.5f, 0.49f, 1};
        assertThat(new Matcher(0.5, 0.25, false).match(quality, 1, 5)).containsExactly(-2, -1, 0, -2, 0);
        assertThat(new Matcher(0.5, 0.5, false).match(quality, 1, 5)).containsExactly(-1, -1, 0, -1, 0);
    }

    @Test
    void equalQualitiesGoToTheFirst() {
        float[] quality = {0.6f, 0.1f, 0.6f, 0.1f};
        assertThat(new Matcher(0.5, 0.5, false).match(quality, 2, 2)).containsExactly(0, -1);
        assertThat(new Matcher(0.5, 0.5, true).match(quality, 2, 2)).containsExactly(0, -1);
        assertThat(new Matcher(0.7, 0.7, true).match(quality, 2, 2)).containsExactly(0, -1);
        assertThat(new SsdMatcher(0.7).match(new float[] {0.2f, 0.2f}, 1, 2)).containsExactly(0, -1);
    }

    @Test
    void lowQualityGivesEachTruthAllItsBestAnchors() {
        float[] quality = {0.2f, 0.2f, 0.1f, 0.3f, 0.1f, 0.1f}; // the second truth overlaps the first anchor more
        assertThat(new Matcher(0.7, 0.3, true).match(quality, 2, 3)).containsExactly(1, 0, -1);
        assertThat(new Matcher(0.7, 0.3, false).match(quality, 2, 3)).containsExactly(-2, -1, -1);
    }

    @Test
    void ofTwoTruthsWithTheSameBestAnchorTheLaterHasIt() {
        assertThat(new SsdMatcher(0.9).match(new float[] {0.4f, 0.1f, 0.3f, 0.2f}, 2, 2))
                .containsExactly(1, -1);
    }

    @Test
    void withoutTruthsAllIsBackground() {
        assertThat(new Matcher(0.7, 0.3, true).match(new float[0], 0, 3)).containsExactly(-1, -1, -1);
        assertThat(new Matcher(0, 0, true).match(new float[0], 0, 1)).containsExactly(-1);
        assertThat(new SsdMatcher(0.5).match(new float[0], new float[8])).containsExactly(-1, -1);
    }

    @TestFactory
    Stream<DynamicTest> ssdGivesEachTruthAnAnchorAndNoAnchorATruthBelowTheThresholdThatHasAnother() {
        return Seeded.cases(60, random -> {
            float[] truths = Seeded.boxes(random, 1 + random.nextInt(6));
            float[] anchors = Seeded.boxes(random, 40);
            int count = truths.length / 4;
            int[] matches = new SsdMatcher(0.5).match(truths, anchors);
            float[] quality = Overlap.IOU.matrix(truths, anchors);
            for (int a = 0; a < 40; a++) {
                float best = 0;
                for (int t = 0; t < count; t++) {
                    best = Math.max(best, quality[t * 40 + a]);
                }
                boolean forced = false;
                for (int t = 0; t < count; t++) {
                    forced |= matches[a] == t && quality[t * 40 + a] == highest(quality, t);
                }
                if (!forced) {
                    assertThat(matches[a] >= 0).isEqualTo(best >= 0.5f);
                    assertThat(matches[a] < 0 || quality[matches[a] * 40 + a] == best)
                            .isTrue();
                }
            }
            assertThat(matches).contains(count - 1);
        });
    }

    private static float highest(float[] quality, int truth) {
        float highest = 0;
        for (int a = 0; a < 40; a++) {
            highest = Math.max(highest, quality[truth * 40 + a]);
        }
        return highest;
    }

    @Test
    void refusesTablesOfAnotherSize() {
        Matcher matcher = new Matcher(0.7, 0.3, true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> matcher.match(new float[5], 2, 3))
                .withMessage("quality: has 5 numbers, needs 6");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> matcher.match(new float[0], 2, 0))
                .withMessage("anchors: there are none for 2 truths");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> matcher.match(new float[] {Float.NaN}, 1, 1))
                .withMessage("quality: number 0 is NaN");
        assertThatIllegalArgumentException().isThrownBy(() -> matcher.match(new float[0], -1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> matcher.match(new float[0], 0, -1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Matcher(0.3, 0.7, true))
                .withMessage("low: is 0.7, must not be above high, 0.3");
        assertThatIllegalArgumentException().isThrownBy(() -> new Matcher(1.1, 0.7, true));
        assertThatIllegalArgumentException().isThrownBy(() -> new Matcher(1, -0.1, true));
        assertThatIllegalArgumentException().isThrownBy(() -> new SsdMatcher(Double.NaN));
    }
}
