package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PadKernelTest {
    private final Grid small = Grid.plain(1, 1, 2, 2);
    private final Grid large = Grid.channelsLast(1, 3, 3, 4);

    @Test
    void putsZerosAround() {
        ByteBuffer y = Bytes.of(Bytes.random(36, 1));
        PadKernel kernel = new PadKernel(small, large, 1, 1, 2, false, false);
        kernel.bind(Bytes.of(1f, 2f, 3f, 4f), y);
        kernel.run();
        float[] expected = new float[36];
        expected[(1 * 4 + 2) * 3 + 1] = 1;
        expected[(1 * 4 + 3) * 3 + 1] = 2;
        expected[(2 * 4 + 2) * 3 + 1] = 3;
        expected[(2 * 4 + 3) * 3 + 1] = 4;
        assertThat(Bytes.floats(y)).containsExactly(expected);
    }

    @Test
    void takesTheInnerPartBackwards() {
        float[] gradient = Bytes.random(36, 2);
        ByteBuffer dx = Bytes.of(9f, 9f, 9f, 9f);
        PadKernel kernel = new PadKernel(small, large, 1, 1, 2, false, true);
        kernel.bind(dx, Bytes.of(gradient));
        kernel.run();
        assertThat(Bytes.floats(dx)).containsExactly(gradient[19], gradient[22], gradient[31], gradient[34]);
    }

    @Test
    void copiesBfloat16() {
        ByteBuffer y = Bytes.zeros(18);
        PadKernel kernel = new PadKernel(small, large, 0, 0, 0, true, false);
        ByteBuffer x = Bytes.zeros(2);
        Cells cells = new Cells(x, true);
        for (int i = 0; i < 4; i++) {
            cells.put(i, i + 1);
        }
        kernel.bind(x, y);
        kernel.run();
        Cells result = new Cells(y, true);
        assertThat(result.get(0)).isEqualTo(1);
        assertThat(result.get(3)).isEqualTo(2);
        assertThat(result.get(12)).isEqualTo(3);
        assertThat(result.get(1)).isZero();
    }
}
