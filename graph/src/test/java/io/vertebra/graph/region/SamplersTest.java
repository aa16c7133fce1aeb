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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplersTest {

    @ParameterizedTest
    @CsvSource({
        "100, 100, 32, 0.25, 8, 24", //
        "3, 100, 32, 0.25, 3, 29", // too few positives: negatives fill up
        "100, 5, 32, 0.25, 8, 5",
        "0, 100, 32, 0.5, 0, 32",
        "10, 10, 7, 0.5, 3, 4", // 3.5 is cut off
        "5, 5, 4, 1.0, 4, 0",
        "0, 0, 4, 0.5, 0, 0"
    })
    void drawsTheirShares(int positive, int negative, int samples, double share, int positives, int negatives) {
        int[] labels = new int[positive + negative + 9];
        Arrays.fill(labels, 0, positive, 7);
        Arrays.fill(labels, positive + negative, labels.length, -1);
        BalancedSampler.Draw draw = new BalancedSampler(samples, share).draw(labels, new Random(1));
        assertThat(draw.positives()).hasSize(positives).isSorted().doesNotHaveDuplicates();
        assertThat(draw.negatives()).hasSize(negatives).isSorted().doesNotHaveDuplicates();
        assertThat(Arrays.stream(draw.positives())).allMatch(i -> labels[i] > 0);
        assertThat(Arrays.stream(draw.negatives())).allMatch(i -> labels[i] == 0);
    }

    @Test
    void theSeedDecidesAndAllAreDrawnAlike() {
        int[] labels = new int[10];
        BalancedSampler sampler = new BalancedSampler(4, 0.5);
        int[] counts = new int[10];
        for (int seed = 0; seed < 5000; seed++) {
            int[] drawn = sampler.draw(labels, new Random(seed)).negatives();
            assertThat(sampler.draw(labels, new Random(seed)).negatives()).isEqualTo(drawn);
            for (int i : drawn) {
                counts[i]++;
            }
        }
        for (int count : counts) { // 2000 ± 5 standard deviations of 35
            assertThat(count).isBetween(1825, 2175);
        }
    }

    @TestFactory
    Stream<DynamicTest> hardNegativesHaveTheHighestLosses() {
        return Seeded.cases(60, random -> {
            int anchors = random.nextInt(60);
            int offset = random.nextInt(4);
            float[] losses = Seeded.floats(random, anchors + 8);
            int[] labels = random.ints(anchors + 8, -1, 3)
                    .map(l -> l < 2 ? Math.min(l, 0) : l)
                    .toArray();
            boolean[] counts = new boolean[anchors + 8];
            Arrays.fill(counts, true);
            int least = random.nextInt(2) * random.nextInt(5);
            HardNegatives hard = new HardNegatives(1.5, least);
            int positives = hard.mark(losses, labels, offset, anchors, counts);
            int[] inside = IntStream.range(offset, offset + anchors).toArray();
            assertThat(positives).isEqualTo((int)
                    Arrays.stream(inside).filter(i -> labels[i] > 0).count());
            int[] negatives = Arrays.stream(inside).filter(i -> labels[i] == 0).toArray();
            int[] taken = Arrays.stream(negatives).filter(i -> counts[i]).toArray();
            assertThat(taken).hasSize(Math.min(negatives.length, Math.max(least, (int) (1.5 * positives))));
            double bound =
                    Arrays.stream(taken).mapToDouble(i -> losses[i]).min().orElse(2);
            for (int i : inside) {
                if (labels[i] != 0) {
                    assertThat(counts[i]).isEqualTo(labels[i] > 0);
                } else if (!counts[i]) {
                    assertThat((double) losses[i]).isLessThanOrEqualTo(bound);
                }
            }
            for (int i = 0; i < counts.length; i++) {
                assertThat(counts[i] || (i >= offset && i < offset + anchors)).isTrue();
            }
            boolean[] precise = new boolean[anchors + 8];
            Arrays.fill(precise, true);
            assertThat(hard.mark(Close.doubles(losses), labels, offset, anchors, precise))
                    .isEqualTo(positives);
            assertThat(precise).isEqualTo(counts);
        });
    }

    @Test
    void equalLossesGoByIndexAndNaNIsHardest() {
        int[] labels = {1, 0, 0, 0, 0};
        boolean[] counts = new boolean[5];
        HardNegatives hard = new HardNegatives(2);
        hard.mark(new float[] {9, 3, 3, 3, 3}, labels, 0, 5, counts);
        assertThat(counts).containsExactly(true, true, true, false, false);
        hard.mark(new float[] {9, 3, 3, Float.POSITIVE_INFINITY, Float.NaN}, labels, 0, 5, counts);
        assertThat(counts).containsExactly(true, false, false, true, true);
        assertThat(hard.mark(new float[2], new int[] {0, 0}, 0, 2, counts)).isZero();
        assertThat(counts).containsExactly(false, false, false, true, true);
        hard.mark(new float[] {9, -0f, 0, -0f, -1}, labels, 0, 5, counts);
        assertThat(counts).as("-0 is 0").containsExactly(true, true, true, false, false);
    }

    @Test
    void lossesInDoubleAreToldApartBelowFloats() {
        boolean[] counts = new boolean[3];
        HardNegatives hard = new HardNegatives(0, 1);
        assertThat(hard.mark(new double[] {1, 1 + 1e-12, 1}, new int[3], 0, 3, counts))
                .isZero();
        assertThat(counts).containsExactly(false, true, false);
    }

    @Test
    void refusesWhatLiesOutsideTheArrays() {
        HardNegatives hard = new HardNegatives(3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> hard.mark(new float[4], new int[5], 1, 4, new boolean[6]))
                .withMessage("anchors: 4 from 1 on, arrays have 4, 5 and 6 numbers");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> hard.mark(new float[6], new int[4], 1, 4, new boolean[6]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> hard.mark(new float[6], new int[6], 1, 4, new boolean[4]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> hard.mark(new float[6], new int[6], -1, 4, new boolean[6]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> hard.mark(new float[6], new int[6], 1, -1, new boolean[6]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HardNegatives(-1))
                .withMessage("ratio: must be at least 0, is -1.0");
        assertThatIllegalArgumentException().isThrownBy(() -> new HardNegatives(Double.POSITIVE_INFINITY));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HardNegatives(1, -1))
                .withMessage("min_negatives: must be at least 0, is -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> hard.mark(new double[4], new int[5], 1, 4, new boolean[6]))
                .withMessage("anchors: 4 from 1 on, arrays have 4, 5 and 6 numbers");
        assertThatIllegalArgumentException().isThrownBy(() -> new BalancedSampler(0, 0.5));
        assertThatIllegalArgumentException().isThrownBy(() -> new BalancedSampler(1, 1.5));
    }
}
