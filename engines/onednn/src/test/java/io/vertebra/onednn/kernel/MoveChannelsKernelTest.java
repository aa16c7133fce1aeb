package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MoveChannelsKernelTest {
    private static final int FIRST = 20;
    private static final int SECOND = 37;
    private static final int OUT = 41;

    @ParameterizedTest
    @MethodSource("io.vertebra.onednn.kernel.Maps#orders")
    void takesEveryChannelFromWhereItIs(IntFunction<Grid> order) {
        int[] from = new int[OUT];
        for (int c = 0; c < OUT; c++) {
            from[c] = c % 5 == 0 ? -1 : c * 29 % (FIRST + SECOND);
        }
        float[] a = Maps.random(FIRST, 1);
        float[] b = Maps.random(SECOND, 2);
        Grid out = order.apply(OUT);
        ByteBuffer y = Maps.dirty(out);
        Kernel kernel =
                MoveChannelsKernel.of(List.of(order.apply(FIRST), order.apply(SECOND)), out, single(from), false);
        kernel.bind(Maps.tensor(order.apply(FIRST), a), Maps.tensor(order.apply(SECOND), b), y);
        kernel.run();
        float[] expectations = new float[Maps.PICTURES * OUT * Maps.CELLS];
        for (int n = 0; n < Maps.PICTURES; n++) {
            for (int c = 0; c < OUT; c++) {
                for (int i = 0; i < Maps.CELLS; i++) {
                    float expected = from[c] < 0
                            ? 0
                            : from[c] < FIRST
                                    ? a[Maps.at(FIRST, n, from[c], i)]
                                    : b[Maps.at(SECOND, n, from[c] - FIRST, i)];
                    expectations[Maps.at(OUT, n, c, i)] = expected;
                }
            }
        }
        assertThat(Maps.values(out, y)).isEqualTo(expectations);
        assertThat(Maps.isPaddedWithZeros(out, y)).isTrue();
    }

    private static int[][] single(int... from) {
        return Arrays.stream(from)
                .mapToObj(c -> c < 0 ? new int[0] : new int[] {c})
                .toArray(int[][]::new);
    }

    /** In floats also where the maps are halves, which round the whole sum alone. */
    @ParameterizedTest
    @MethodSource("io.vertebra.onednn.kernel.Maps#orders")
    void addsUpChannels(IntFunction<Grid> order) {
        int[][] from = new int[OUT][];
        for (int c = 0; c < OUT; c++) {
            int first = c;
            from[c] = IntStream.range(0, c % 7)
                    .map(i -> (first * 29 + i * 11) % (FIRST + SECOND))
                    .toArray();
        }
        for (boolean half : new boolean[] {false, true}) {
            Grid one = order.apply(FIRST);
            Grid other = order.apply(SECOND);
            Grid out = order.apply(OUT);
            ByteBuffer a = numbers(one, half);
            ByteBuffer b = numbers(other, half);
            ByteBuffer y = numbers(out, half);
            Kernel kernel = MoveChannelsKernel.of(List.of(one, other), out, from, half);
            kernel.bind(a, b, y);
            kernel.run();
            for (int c = 0; c < OUT; c++) {
                int at = Maps.HEIGHT - 1;
                float sum = 0;
                for (int source : from[c]) {
                    sum += source < FIRST
                            ? new Cells(a, half).get(one.row(1, source, at) + one.columnStride())
                            : new Cells(b, half).get(other.row(1, source - FIRST, at) + other.columnStride());
                }
                ByteBuffer wanted = numbers(out, half);
                new Cells(wanted, half).put(0, sum);
                assertThat(new Cells(y, half).get(out.row(1, c, at) + out.columnStride()))
                        .as("channel %d", c)
                        .isEqualTo(new Cells(wanted, half).get(0));
            }
        }
    }

    /** Different ones, with more digits than a half has together. */
    private static ByteBuffer numbers(Grid grid, boolean half) {
        int length = grid.n() * grid.imageLength();
        ByteBuffer bytes = ByteBuffer.allocateDirect(4 * length).order(java.nio.ByteOrder.nativeOrder());
        Cells cells = new Cells(bytes, half);
        for (int i = 0; i < length; i++) {
            cells.put(i, (i * 31 % 257 - 128) * Math.scalb(1f, i % 9));
        }
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("io.vertebra.onednn.kernel.Maps#orders")
    void movesHalves(IntFunction<Grid> order) {
        Grid grid = order.apply(3);
        int length = grid.n() * grid.imageLength();
        ByteBuffer x = ByteBuffer.allocateDirect(2 * length).order(java.nio.ByteOrder.nativeOrder());
        ByteBuffer y = ByteBuffer.allocateDirect(2 * length).order(java.nio.ByteOrder.nativeOrder());
        for (int i = 0; i < length; i++) {
            x.putShort(2 * i, Cells.round(i % 1000));
        }
        Kernel kernel = MoveChannelsKernel.of(List.of(grid), grid, single(2, -1, 0), true);
        kernel.bind(x, y);
        kernel.run();
        int last = Maps.WIDTH - 1;
        for (int c = 0; c < 3; c++) {
            int at = grid.row(1, c, Maps.HEIGHT - 1) + last * grid.columnStride();
            int source = grid.row(1, 2 - c, Maps.HEIGHT - 1) + last * grid.columnStride();
            assertThat(y.getShort(2 * at)).isEqualTo(c == 1 ? 0 : x.getShort(2 * source));
        }
    }

    @Test
    void blocksAreMovedAsBlocks() {
        Grid blocks = Grid.blocked(1, 16, 2, 2, 16);
        Grid rows = Grid.channelsLast(1, 16, 2, 2);
        int[][] same = single(IntStream.range(0, 16).toArray());
        assertThat(MoveChannelsKernel.of(List.of(blocks), blocks, same, false)).isInstanceOf(MoveBlocksKernel.class);
        assertThat(MoveChannelsKernel.of(List.of(rows), blocks, same, false)).isInstanceOf(MoveChannelsKernel.class);
        assertThat(MoveChannelsKernel.of(List.of(blocks), rows, same, false)).isInstanceOf(MoveChannelsKernel.class);
    }
}
