package io.vertebra.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InitializerTest {
    private static final Shape CONV = Shape.of(64, 32, 3, 5);
    private static final Shape LINEAR = Shape.of(200, 300);

    private static double[] fill(Initializer initializer, Shape shape, long seed) {
        float[] values = new float[(int) shape.elements()];
        initializer.fill(values, shape, seed);
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double deviation(double[] values) {
        double mean = mean(values);
        return Math.sqrt(Arrays.stream(values)
                .map(v -> (v - mean) * (v - mean))
                .average()
                .orElseThrow());
    }

    /** Share of the values within so many deviations. */
    private static double within1(double[] values, double bound) {
        return Arrays.stream(values).filter(v -> Math.abs(v) < bound).count() / (double) values.length;
    }

    @Test
    void constantIsEverywhere() {
        assertThat(fill(new Initializer.Constant(0.5), CONV, 1)).containsOnly(0.5);
    }

    @Test
    void spreadNumbersAreInOrder() {
        assertThat(fill(new Initializer.Spread(4), Shape.of(4), 1)).containsExactly(0, 1, 2, 3);
        assertThat(fill(new Initializer.Spread(4), Shape.of(2), 1)).containsExactly(0, 2);
        assertThat(fill(new Initializer.Spread(3), Shape.of(7), 2)).containsExactly(0, 0, 0, 1, 1, 2, 2);
        double[] many = fill(new Initializer.Spread(1 << 24), Shape.of(1 << 10), 3);
        assertThat(many[1023]).isEqualTo(1023.0 * (1 << 14));
    }

    @Test
    void normalHasItsDeviation() {
        double[] values = fill(new Initializer.Normal(0.02), LINEAR, 3);
        // 60,000 values: the deviation is good to 0.3%, the mean to 0.004 deviations
        assertThat(deviation(values)).isCloseTo(0.02, within(0.02 * 0.01));
        assertThat(mean(values)).isCloseTo(0, within(0.02 * 0.02));
        assertThat(within1(values, 0.02)).isCloseTo(0.6827, within(0.01));
        assertThat(within1(values, 0.04)).isCloseTo(0.9545, within(0.005));
    }

    @Test
    void kaimingLooksAtWhatGoesOut() {
        double[] conv = fill(new Initializer.KaimingNormalFanOut(), CONV, 3);
        assertThat(deviation(conv)).isCloseTo(Math.sqrt(2.0 / (64 * 15)), within(0.0007));
        assertThat(within1(conv, Math.sqrt(2.0 / (64 * 15)))).isCloseTo(0.6827, within(0.01));
        double[] linear = fill(new Initializer.KaimingNormalFanOut(), LINEAR, 3);
        assertThat(deviation(linear)).isCloseTo(Math.sqrt(2.0 / 200), within(0.001));
    }

    @Test
    void uniformLooksAtWhatComesIn() {
        double bound = 1 / Math.sqrt(32 * 15);
        double[] conv = fill(new Initializer.Uniform(1), CONV, 3);
        assertThat(Arrays.stream(conv).max().orElseThrow()).isBetween(bound * 0.999, bound);
        assertThat(Arrays.stream(conv).min().orElseThrow()).isBetween(-bound, -bound * 0.999);
        assertThat(mean(conv)).isCloseTo(0, within(bound * 0.02));
        assertThat(within1(conv, bound / 2)).isCloseTo(0.5, within(0.01));
        double he = Math.sqrt(6.0 / 300);
        double[] linear = fill(new Initializer.Uniform(6), LINEAR, 3);
        assertThat(Arrays.stream(linear).max().orElseThrow()).isBetween(he * 0.999, he);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -5, Long.MAX_VALUE})
    void theSameSeedGivesTheSameValues(long seed) {
        for (Initializer initializer : new Initializer[] {
            new Initializer.Normal(1), new Initializer.KaimingNormalFanOut(), new Initializer.Uniform(1)
        }) {
            assertThat(fill(initializer, LINEAR, seed)).isEqualTo(fill(initializer, LINEAR, seed));
            assertThat(fill(initializer, LINEAR, seed)).isNotEqualTo(fill(initializer, LINEAR, seed + 1));
        }
    }

    @Test
    void neighbouringSeedsAreStrangers() {
        double[] one = fill(new Initializer.Normal(1), LINEAR, 7);
        double[] other = fill(new Initializer.Normal(1), LINEAR, 8);
        double product = 0;
        for (int i = 0; i < one.length; i++) {
            product += one[i] * other[i] / one.length;
        }
        // of independent values: 0 within 0.004
        assertThat(product).isCloseTo(0, within(0.02));
    }
}
