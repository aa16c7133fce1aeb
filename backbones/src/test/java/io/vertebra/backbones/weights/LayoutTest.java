package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayoutTest {

    @Test
    void bringsSmallWeightsToPyTorchsOrder() {
        // element = its index in the file; numpy: arange(n).reshape(shape).transpose(axes).ravel()
        check(Layout.HWIO, List.of(1, 2, 2, 3), List.of(3, 2, 1, 2), 0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11);
        check(Layout.OHWI, List.of(2, 1, 2, 3), List.of(2, 3, 1, 2), 0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11);
        check(Layout.HWIM, List.of(1, 2, 2, 3), List.of(6, 1, 1, 2), 0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11);
        check(Layout.ONE_HWC, List.of(1, 2, 2, 3), List.of(3, 1, 2, 2), 0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11);
        check(Layout.IO, List.of(2, 3), List.of(3, 2), 0, 3, 1, 4, 2, 5);
        check(Layout.HWIO_LINEAR, List.of(1, 1, 2, 3), List.of(3, 2), 0, 3, 1, 4, 2, 5);
        check(Layout.OHWI_LINEAR, List.of(2, 1, 1, 3), List.of(2, 3), 0, 1, 2, 3, 4, 5);
        check(Layout.POINTWISE, List.of(2, 3), List.of(2, 3, 1, 1), 0, 1, 2, 3, 4, 5);
        check(Layout.POINTWISE, List.of(2, 3, 1, 1), List.of(2, 3, 1, 1), 0, 1, 2, 3, 4, 5);
        check(Layout.LINEAR, List.of(2, 3, 1, 1), List.of(2, 3), 0, 1, 2, 3, 4, 5);
        check(Layout.VECTOR, List.of(3, 1, 1), List.of(3), 0, 1, 2);
        check(Layout.SAME, List.of(2, 3), List.of(2, 3), 0, 1, 2, 3, 4, 5);
    }

    @ParameterizedTest
    @CsvSource({ // layout, four extents, fits
        "SAME, 2, 3, 4, 5, true",
        "HWIO, 2, 3, 4, 5, true",
        "OHWI, 2, 3, 4, 5, true",
        "HWIM, 2, 3, 4, 5, true",
        "ONE_HWC, 1, 3, 4, 5, true",
        "ONE_HWC, 2, 3, 4, 5, false",
        "IO, 2, 3, 4, 5, false",
        "HWIO_LINEAR, 1, 1, 4, 5, true",
        "HWIO_LINEAR, 2, 1, 4, 5, false",
        "HWIO_LINEAR, 1, 2, 4, 5, false",
        "OHWI_LINEAR, 2, 1, 1, 5, true",
        "OHWI_LINEAR, 2, 2, 1, 5, false",
        "OHWI_LINEAR, 2, 1, 2, 5, false",
        "POINTWISE, 2, 3, 1, 1, true",
        "POINTWISE, 2, 3, 2, 1, false",
        "POINTWISE, 2, 3, 1, 2, false",
        "LINEAR, 2, 3, 1, 1, true",
        "LINEAR, 2, 3, 2, 1, false",
        "LINEAR, 2, 3, 1, 2, false",
        "VECTOR, 1, 1, 1, 1, false"
    })
    void knowsWhichShapesItCanHave(Layout layout, int a, int b, int c, int d, boolean fits) {
        assertThat(layout.fits(List.of(a, b, c, d))).isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource({
        "SAME, true",
        "HWIO, false",
        "OHWI, false",
        "HWIM, false",
        "ONE_HWC, false",
        "IO, true",
        "HWIO_LINEAR, false",
        "OHWI_LINEAR, false",
        "POINTWISE, true",
        "LINEAR, false",
        "VECTOR, false"
    })
    void knowsWhichRankItNeeds(Layout layout, boolean fitsTwo) {
        assertThat(layout.fits(List.of(1, 1))).isEqualTo(fitsTwo);
    }

    @Test
    void knowsVectorsThatAreReadyToBeBroadcast() {
        assertThat(Layout.VECTOR.fits(List.of(3, 1, 1))).isTrue();
        assertThat(Layout.VECTOR.fits(List.of(3, 2, 1))).isFalse();
        assertThat(Layout.VECTOR.fits(List.of(3, 1, 2))).isFalse();
        assertThat(Layout.POINTWISE.fits(List.of(3, 1, 1))).isFalse();
    }

    private static void check(Layout layout, List<Integer> shape, List<Integer> moved, float... order) {
        float[] values = new float[order.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        assertThat(layout.fits(shape)).isTrue();
        assertThat(layout.shape(shape)).isEqualTo(moved);
        assertThat(layout.values(values, shape)).containsExactly(order);
    }
}
