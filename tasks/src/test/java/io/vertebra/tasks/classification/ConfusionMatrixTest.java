package io.vertebra.tasks.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A matrix small enough to be counted by hand: rows are the truth. */
class ConfusionMatrixTest {
    private final ConfusionMatrix matrix = new ConfusionMatrix(4);

    @BeforeEach
    void fill() {
        int[][] counts = {
            {3, 1, 0, 0},
            {2, 4, 0, 0},
            {0, 0, 0, 0}, // a class without samples, and nothing was taken for it
            {0, 1, 0, 0}, // a class that was never found
        };
        for (int truth = 0; truth < 4; truth++) {
            for (int predicted = 0; predicted < 4; predicted++) {
                for (int i = 0; i < counts[truth][predicted]; i++) {
                    matrix.add(truth, predicted);
                }
            }
        }
    }

    @Test
    void countsRowsAndColumns() {
        assertThat(matrix.support(0)).isEqualTo(4);
        assertThat(matrix.support(1)).isEqualTo(6);
        assertThat(matrix.predicted(0)).isEqualTo(5);
        assertThat(matrix.predicted(1)).isEqualTo(6);
        assertThat(matrix.count(1, 0)).isEqualTo(2);
        assertThat(matrix.count(0, 1)).isEqualTo(1);
    }

    @Test
    void precisionLooksDownTheColumnRecallAlongTheRow() {
        assertThat(matrix.precision(0)).isEqualTo(3.0 / 5);
        assertThat(matrix.recall(0)).isEqualTo(3.0 / 4);
        assertThat(matrix.precision(1)).isEqualTo(4.0 / 6);
        assertThat(matrix.recall(1)).isEqualTo(4.0 / 6);
        assertThat(matrix.recall(3)).isZero();
        assertThat(matrix.precision(3)).isNaN();
        assertThat(matrix.recall(2)).isNaN();
    }

    @Test
    void f1IsTheHarmonicMean() {
        assertThat(matrix.f1(0)).isCloseTo(2 * 0.6 * 0.75 / (0.6 + 0.75), within(1e-15));
        assertThat(matrix.f1(3)).isZero();
        assertThat(matrix.f1(2)).isNaN();
    }

    @Test
    void aClassWithoutSamplesDoesNotSpoilTheMean() {
        assertThat(matrix.meanF1()).isCloseTo((2.0 / 3 + 2.0 / 3 + 0) / 3, within(1e-12));
        assertThat(new ConfusionMatrix(2).meanF1()).isNaN();
    }
}
