package io.vertebra.graph.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GaussianStreamTest {
    /** A hundred thousand numbers see every branch: a point in five lies outside of the circle. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 42, 0x5DEECE66DL, Long.MIN_VALUE, Long.MAX_VALUE, 6364136223846793005L})
    void numbersAreThoseOfJava(long seed) {
        Random java = new Random(seed);
        GaussianStream stream = new GaussianStream(seed);
        for (int i = 0; i < 100_000; i++) {
            assertThat(Double.doubleToRawLongBits(stream.next()))
                    .isEqualTo(Double.doubleToRawLongBits(java.nextGaussian()));
        }
    }
}
