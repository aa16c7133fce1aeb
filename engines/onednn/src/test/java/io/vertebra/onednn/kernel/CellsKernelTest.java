package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CellsKernelTest {
    private static float rounded(float value) {
        Cells cells = new Cells(Bytes.zeros(2), true);
        cells.put(1, value);
        assertThat(cells.get(0)).isZero();
        return cells.get(1);
    }

    @Test
    void roundsToNearestWithTiesToEven() {
        float step = Math.scalb(1f, -7); // of bfloat16 at 1
        assertThat(rounded(1)).isEqualTo(1);
        assertThat(rounded(1 + step)).isEqualTo(1 + step);
        assertThat(rounded(1 + step * 0.49f)).isEqualTo(1);
        assertThat(rounded(1 + step * 0.51f)).isEqualTo(1 + step);
        assertThat(rounded(1 + step * 0.5f)).isEqualTo(1);
        assertThat(rounded(1 + step * 1.5f)).isEqualTo(1 + 2 * step);
        assertThat(rounded(-1 - step * 1.5f)).isEqualTo(-1 - 2 * step);
    }

    @Test
    void keepsWhatIsNoNumber() {
        assertThat(rounded(Float.NaN)).isNaN();
        assertThat(rounded(Float.intBitsToFloat(0x7f800001))).isNaN();
        assertThat(rounded(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(rounded(Float.MAX_VALUE)).isEqualTo(Float.POSITIVE_INFINITY);
    }

    @Test
    void singlesAreExact() {
        Cells cells = new Cells(Bytes.zeros(2), false);
        cells.put(1, 0.1f);
        assertThat(cells.get(1)).isEqualTo(0.1f);
        assertThat(cells.get(0)).isZero();
    }
}
