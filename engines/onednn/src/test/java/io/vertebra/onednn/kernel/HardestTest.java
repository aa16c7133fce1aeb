package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HardestTest {
    private final Hardest hardest = new Hardest();

    @Test
    void ranksAsSortingDoes() {
        float[] values = Bytes.random(500, 1);
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(values[i]) * (i % 3 == 0 ? 1e-3f : 1);
        }
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        for (int rank = 0; rank < values.length; rank += 7) {
            assertThat(hardest.ranked(values, 0, values.length, rank)).isEqualTo(sorted[values.length - 1 - rank]);
        }
    }

    @Test
    void looksAtItsRangeAndAtWhatIsNotMarkedOut() {
        float[] values = {9, 4, SoftmaxLoss.OUT, 0, 4, 7, 8};
        assertThat(hardest.ranked(values, 1, 6, 0)).isEqualTo(7);
        assertThat(hardest.ranked(values, 1, 6, 1)).isEqualTo(4);
        assertThat(hardest.ranked(values, 1, 6, 2)).isEqualTo(4);
        assertThat(hardest.ranked(values, 1, 6, 3)).isZero();
    }

    @Test
    void whatIsNoNumberIsTheHardest() {
        assertThat(hardest.ranked(new float[] {1, Float.NaN, Float.POSITIVE_INFINITY}, 0, 3, 0))
                .isNaN();
    }
}
