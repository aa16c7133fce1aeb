package io.vertebra.graph.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AgreementTest {

    @Test
    void measuresTheLargestDifference() {
        Agreement.largest("y", new float[] {1, 2}, new double[] {1.5, 2}, 0.5);
        assertThatThrownBy(() -> Agreement.largest("y", new float[] {1, 2}, new double[] {1.5, 2}, 0.4999))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("y: element 0 is 1.00000000, the reference has 1.50000000; off by 0.500");
        assertThatThrownBy(() -> Agreement.largest("y", new float[] {1, 2}, new double[] {1, -2}, 3))
                .hasMessageContaining("element 1");
    }

    @Test
    void measuresTheLengthOfTheDifference() {
        Agreement.length("y", new float[] {3, 0, 4}, new double[3], 5);
        assertThatThrownBy(() -> Agreement.length("y", new float[] {3, 0, 4}, new double[3], 4.9999))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("y: the difference has the length 5.00");
    }

    @Test
    void noticesWhatIsNoNumber() {
        double huge = Double.MAX_VALUE;
        float[] nan = {1, Float.NaN, 1};
        double[] ones = {1, 1, 1};
        assertThatThrownBy(() -> Agreement.largest("y", nan, ones, huge)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> Agreement.length("y", nan, ones, huge)).isInstanceOf(AssertionError.class);
        float[] infinite = {1, Float.POSITIVE_INFINITY, 1};
        assertThatThrownBy(() -> Agreement.largest("y", infinite, ones, huge)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> Agreement.largest("y", new float[2], ones, huge))
                .hasMessage("y: has 2 elements, not 3");
        assertThatThrownBy(() -> Agreement.length("y", new float[4], ones, huge))
                .hasMessage("y: has 4 elements, not 3");
    }

    @Test
    void knowsNorms() {
        assertThat(Agreement.largest(new double[] {1, -3, 2})).isEqualTo(3);
        assertThat(Agreement.length(new double[] {3, -4})).isEqualTo(5);
        assertThat(Agreement.largest(new double[0])).isZero();
    }
}
