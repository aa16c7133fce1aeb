package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Six groups of two rows and one channel, three of which become one; a kernel of one by two cells. */
class MergedGroupsKernelTest {
    private static final MergedGroups MERGED = new MergedGroups(3, 12, 2, 1, 1, 2);
    private static final int[] PLACES = {0, 0, 2, 2, 4, 4, 0, 0, 2, 2, 4, 4};

    private static float[] wide(float[] plain, float beside) {
        float[] wide = new float[12 * 6];
        for (int row = 0; row < 12; row++) {
            for (int i = 0; i < 6; i++) {
                int inner = i - PLACES[row];
                wide[row * 6 + i] = inner == 0 || inner == 1 ? plain[row * 2 + inner] : beside;
            }
        }
        return wide;
    }

    @Test
    void weightsComeOntoDiagonals() {
        float[] plain = Bytes.random(24, 1);
        ByteBuffer wide = Bytes.zeros(72);
        MERGED.spread(Bytes.of(plain), wide);
        assertThat(Bytes.floats(wide)).isEqualTo(wide(plain, 0));
    }

    @Test
    void ofGradientsOnlyDiagonalsStay() {
        float[] plain = Bytes.random(24, 2);
        ByteBuffer kept = Bytes.of(Bytes.random(24, 3));
        Kernel kernel = MERGED.diagonals();
        kernel.bind(Bytes.of(wide(plain, 7)), kept);
        kernel.run();
        assertThat(Bytes.floats(kept)).isEqualTo(plain);
    }

    @Test
    void onlyOneGroupNeedsNoAxis() {
        assertThat(MERGED.extents()).containsExactly(2, 6, 3, 1, 2);
        assertThat(new MergedGroups(3, 6, 2, 1, 1, 2).extents()).containsExactly(6, 3, 1, 2);
    }
}
