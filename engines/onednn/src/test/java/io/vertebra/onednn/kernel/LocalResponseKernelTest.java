package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.op.LocalResponseNorm;
import java.nio.ByteBuffer;
import java.util.function.IntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values by their neighbours along the channels, in every order of maps; the numbers are those of the definition. */
class LocalResponseKernelTest {
    private static final int CHANNELS = 21;
    private static final LocalResponseNorm OP = new LocalResponseNorm(4, 2, 0.75, 1.5);

    @ParameterizedTest
    @MethodSource("io.vertebra.onednn.kernel.Maps#orders")
    void leavesNothingInThePadding(IntFunction<Grid> order) {
        Grid grid = order.apply(CHANNELS);
        float[] x = Maps.random(CHANNELS, 1);
        ByteBuffer y = Maps.dirty(grid);
        LocalResponseKernel forward = new LocalResponseKernel(grid, false, OP, false);
        forward.bind(Maps.tensor(grid, x), y);
        ByteBuffer toX = Maps.dirty(grid);
        LocalResponseKernel backward = new LocalResponseKernel(grid, false, OP, true);
        backward.bind(Maps.tensor(grid, x), Maps.tensor(grid, Maps.random(CHANNELS, 2)), toX);
        for (int again = 0; again < 2; again++) {
            forward.run();
            backward.run();
            assertThat(Maps.isPaddedWithZeros(grid, y)).isTrue();
            assertThat(Maps.isPaddedWithZeros(grid, toX)).isTrue();
        }
        float[] values = Maps.values(grid, y);
        for (int cell : new int[] {0, 24, Maps.CELLS - 1}) {
            for (int c = 0; c < CHANNELS; c++) {
                double squares = 0;
                for (int m : new int[] {c - 2, c - 1, c, c + 1}) {
                    squares += m < 0 || m >= CHANNELS ? 0 : Math.pow(x[Maps.at(CHANNELS, 1, m, cell)], 2);
                }
                int at = Maps.at(CHANNELS, 1, c, cell);
                double wanted = x[at] / Math.pow(1.5 + 0.5 * squares, 0.75);
                assertThat((double) values[at]).isCloseTo(wanted, within(1e-6));
            }
        }
    }

    /** The result may lie over what it is made of. */
    @ParameterizedTest
    @MethodSource("io.vertebra.onednn.kernel.Maps#orders")
    void worksInPlace(IntFunction<Grid> order) {
        Grid grid = order.apply(CHANNELS);
        ByteBuffer x = Maps.tensor(grid, Maps.random(CHANNELS, 1));
        ByteBuffer dy = Maps.tensor(grid, Maps.random(CHANNELS, 2));
        ByteBuffer toX = Maps.dirty(grid);
        LocalResponseKernel backward = new LocalResponseKernel(grid, false, OP, true);
        backward.bind(x, dy, toX);
        backward.run();
        backward.bind(x, dy, dy);
        backward.run();
        assertThat(Bytes.floats(dy)).isEqualTo(Bytes.floats(toX));
        ByteBuffer y = Maps.dirty(grid);
        LocalResponseKernel forward = new LocalResponseKernel(grid, false, OP, false);
        forward.bind(x, y);
        forward.run();
        forward.bind(x, x);
        forward.run();
        assertThat(Bytes.floats(x)).isEqualTo(Bytes.floats(y));
    }
}
