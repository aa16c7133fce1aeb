package io.vertebra.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CounterRandomTest {

    @Test
    void givesTheSameNumbersForTheSameKeyAlways() { // computed in Python from the class's description
        CounterRandom random = CounterRandom.of(1, 2, 3);
        assertThat(new long[] {random.nextLong(), random.nextLong()})
                .containsExactly(-1718380001813850556L, 8464944250915073940L);
        assertThat(CounterRandom.of(7).permutation(8)).containsExactly(2, 5, 4, 0, 1, 3, 6, 7);
        assertThat(CounterRandom.of(7).nextGaussian()).isEqualTo(0.5739115095854465);
    }

    @Test
    void keysThatDifferInAnyPartAreUnrelated() {
        Set<Long> first = new HashSet<>();
        for (long a = -3; a < 3; a++) {
            for (long b = -3; b < 3; b++) {
                first.add(CounterRandom.of(a, b).nextLong());
                first.add(CounterRandom.of(a, b, 0).nextLong());
            }
            first.add(CounterRandom.of(a).nextLong());
        }
        assertThat(first).hasSize(6 * 6 * 2 + 6);
    }

    @Test
    void numbersAreEvenlySpread() { // 100,000 draws: 5 sigma is 0.0046 for the mean of [0, 1)
        CounterRandom random = CounterRandom.of(5);
        double[] sums = new double[5];
        int[] counts = new int[10];
        double lowest = 1;
        double highest = 0;
        int draws = 100_000;
        for (int i = 0; i < draws; i++) {
            double value = random.nextDouble();
            lowest = Math.min(lowest, value);
            highest = Math.max(highest, value);
            sums[0] += value;
            sums[1] += random.nextFloat();
            double gauss = random.nextGaussian();
            sums[2] += gauss;
            sums[3] += gauss * gauss;
            sums[4] += random.nextDouble(-2, 6);
            counts[random.nextInt(10)]++;
        }
        assertThat(lowest).isBetween(0.0, 1e-3);
        assertThat(highest).isBetween(0.999, Math.nextDown(1.0));
        assertThat(sums[0] / draws).isCloseTo(0.5, within(0.005));
        assertThat(sums[1] / draws).isCloseTo(0.5, within(0.005));
        assertThat(sums[2] / draws).isCloseTo(0, within(0.016));
        assertThat(sums[3] / draws).isCloseTo(1, within(0.023));
        assertThat(sums[4] / draws).isCloseTo(2, within(0.04));
        assertThat(IntStream.of(counts)).allMatch(count -> Math.abs(count - draws / 10) < 500);
    }

    @Test
    void numbersKeepTheirBounds() {
        CounterRandom random = CounterRandom.of(9);
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            seen.add(random.nextInt(-2, 3));
            assertThat(random.nextInt(1)).isZero();
            assertThat(random.nextInt(Integer.MAX_VALUE)).isNotNegative();
            assertThat(random.nextDouble(3, 4)).isBetween(3.0, 4.0);
        }
        assertThat(seen).containsExactlyInAnyOrder(-2, -1, 0, 1, 2);
        assertThatThrownBy(() -> random.nextInt(0)).hasMessage("bound: must be at least 1, is 0");
    }

    @Test
    void permutationsHoldEveryNumberOnceAndEveryOrderIsAsLikely() {
        assertThat(CounterRandom.of(1).permutation(100))
                .containsExactlyInAnyOrder(IntStream.range(0, 100).toArray());
        assertThat(CounterRandom.of(1).permutation(0)).isEmpty();
        int[] counts = new int[6];
        for (int i = 0; i < 6000; i++) {
            int[] order = CounterRandom.of(3, i).permutation(3);
            counts[order[0] * 2 + (order[1] > order[2] ? 1 : 0)]++;
        }
        assertThat(IntStream.of(counts)).allMatch(count -> Math.abs(count - 1000) < 150); // 5 sigma
    }
}
