package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** Maps of all orders for tests of kernels, and their element (n, c, cell) among row-major values. */
final class Maps {
    static final int PICTURES = 2;
    static final int HEIGHT = 13;
    static final int WIDTH = 25;
    static final int CELLS = HEIGHT * WIDTH;

    private Maps() {}

    /** From channels to the grid of a map, in every order. */
    static Stream<IntFunction<Grid>> orders() {
        return Stream.of(
                c -> Grid.plain(PICTURES, c, HEIGHT, WIDTH),
                c -> Grid.channelsLast(PICTURES, c, HEIGHT, WIDTH),
                c -> Grid.blocked(PICTURES, c, HEIGHT, WIDTH, 16),
                c -> Grid.blocked(PICTURES, c, HEIGHT, WIDTH, 8));
    }

    /** The place of an element. */
    static int at(int channels, int n, int c, int cell) {
        return (n * channels + c) * CELLS + cell;
    }

    /** Random row-major values. */
    static float[] random(int channels, long seed) {
        return Bytes.random(PICTURES * channels * CELLS, seed);
    }

    /** In the order of a grid. */
    static ByteBuffer tensor(Grid grid, float[] values) {
        return ResizeKernelTest.physical(grid, values);
    }

    /** Something that a kernel must overwrite, padding included. */
    static ByteBuffer dirty(Grid grid) {
        return Bytes.of(Bytes.random(grid.n() * grid.imageLength(), 99));
    }

    /** Row-major values of a tensor. */
    static float[] values(Grid grid, ByteBuffer tensor) {
        return ResizeKernelTest.logical(grid, tensor);
    }

    /** Whether the channels that pad a block are zero: what lies in memory has no other sum than the values. */
    static boolean isPaddedWithZeros(Grid grid, ByteBuffer tensor) {
        double all = 0;
        for (float value : Bytes.floats(tensor)) {
            all += Math.abs(value);
        }
        for (float value : values(grid, tensor)) {
            all -= Math.abs(value);
        }
        return Math.abs(all) < 1e-3;
    }
}
