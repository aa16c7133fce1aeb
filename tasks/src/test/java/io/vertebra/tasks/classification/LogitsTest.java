package io.vertebra.tasks.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LogitsTest {
    /** exp: 1, 2, 4, 1 with the sum 8. */
    private static final float[] ROWS = {
        9, 9, 9, 9, 0, (float) Math.log(2), (float) Math.log(4), 0,
    };

    private static Logits row(int row) {
        return new Logits(ROWS, row, 4);
    }

    @Test
    void crossEntropyIsMinusTheLogOfTheProbability() {
        assertThat(row(1).crossEntropy(2)).isCloseTo(Math.log(2), within(1e-7)); // 4 of 8
        assertThat(row(1).crossEntropy(1)).isCloseTo(Math.log(4), within(1e-7)); // 2 of 8
        assertThat(row(0).crossEntropy(3)).isCloseTo(Math.log(4), within(1e-7)); // 1 of 4
    }

    @Test
    void probabilitiesAddUp() {
        double[] all = row(1).probabilities(new int[] {0, 1, 2, 3});
        assertThat(all).containsExactly(new double[] {0.125, 0.25, 0.5, 0.125}, within(1e-7));
    }

    @Test
    void largeLogitsDoNotOverflow() {
        Logits large = new Logits(new float[] {1000, 998, -1000}, 0, 3);
        assertThat(large.crossEntropy(0)).isCloseTo(Math.log(1 + Math.exp(-2)), within(1e-12));
        assertThat(large.crossEntropy(2)).isCloseTo(2000 + Math.log(1 + Math.exp(-2)), within(1e-9));
    }

    @Test
    void orderIsByLogitThenByIndex() {
        assertThat(row(1).top(4)).containsExactly(2, 1, 0, 3);
        assertThat(row(1).top(2)).containsExactly(2, 1);
        assertThat(row(1).top(9)).hasSize(4);
        assertThat(row(0).top(3)).containsExactly(0, 1, 2);
        assertThat(new Logits(new float[] {1, 5, 3, 4, 2}, 0, 5).top(3)).containsExactly(1, 3, 2);
        assertThat(new Logits(new float[] {5, 4, 3, 2, 1}, 0, 5).top(2)).containsExactly(0, 1);
        assertThat(new Logits(new float[] {1, 2, 3, 4, 5}, 0, 5).top(2)).containsExactly(4, 3);
        assertThat(row(1).rank(3)).isEqualTo(3);
        assertThat(row(1).rank(2)).isZero();
    }

    @Test
    void notANumberStaysOne() {
        Logits broken = new Logits(new float[] {1, Float.NaN, 3}, 0, 3);
        assertThat(broken.crossEntropy(0)).isNaN();
        assertThat(broken.top(3)).containsExactlyInAnyOrder(0, 1, 2);
    }
}
