package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.op.Resize;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResizeKernelTest {
    private static final Resize NEAREST = new Resize(Resize.Filter.NEAREST, false);
    private static final Resize BILINEAR = new Resize(Resize.Filter.BILINEAR, false);
    private static final Resize ALIGNED = new Resize(Resize.Filter.BILINEAR, true);

    private static ResizeKernel kernel(Grid in, Grid out, Resize op, boolean backward) {
        return new ResizeKernel(in, out, Taps.of(in.h(), out.h(), op), Taps.of(in.w(), out.w(), op), false, backward);
    }

    private static float[] row(Resize op, int out, float... x) {
        ByteBuffer y = Bytes.zeros(out);
        ResizeKernel kernel = kernel(Grid.plain(1, 1, 1, x.length), Grid.plain(1, 1, 1, out), op, false);
        kernel.bind(Bytes.of(x), y);
        kernel.run();
        return Bytes.floats(y);
    }

    @Test
    void followsPyTorchAtTheBorders() {
        assertThat(row(BILINEAR, 4, 0, 8)).containsExactly(0, 2, 6, 8);
        assertThat(row(BILINEAR, 2, 0, 1, 2, 9)).containsExactly(0.5f, 5.5f);
        assertThat(row(ALIGNED, 5, 0, 8)).containsExactly(0, 2, 4, 6, 8);
        assertThat(row(ALIGNED, 1, 3, 8)).containsExactly(3);
        assertThat(row(ALIGNED, 2, 3, 5, 8)).containsExactly(3, 8);
        assertThat(row(NEAREST, 5, 1, 2, 3)).containsExactly(1, 1, 2, 2, 3);
        assertThat(row(NEAREST, 2, 1, 2, 3)).containsExactly(1, 2);
    }

    static Stream<IntFunction<Grid>> orders() {
        // the argument tells the small map from the large one
        return Stream.of(
                large -> Grid.plain(2, 20, large == 0 ? 3 : 7, large == 0 ? 4 : 9),
                large -> Grid.channelsLast(2, 20, large == 0 ? 3 : 7, large == 0 ? 4 : 9),
                large -> Grid.blocked(2, 20, large == 0 ? 3 : 7, large == 0 ? 4 : 9, 16));
    }

    static float[] logical(Grid grid, ByteBuffer tensor) {
        float[] values = new float[grid.n() * grid.c() * grid.h() * grid.w()];
        int i = 0;
        for (int n = 0; n < grid.n(); n++) {
            for (int c = 0; c < grid.c(); c++) {
                for (int h = 0; h < grid.h(); h++) {
                    for (int w = 0; w < grid.w(); w++) {
                        values[i++] = tensor.getFloat(4 * (grid.row(n, c, h) + w * grid.columnStride()));
                    }
                }
            }
        }
        return values;
    }

    static ByteBuffer physical(Grid grid, float[] values) {
        ByteBuffer tensor = Bytes.zeros(grid.n() * grid.imageLength());
        int i = 0;
        for (int n = 0; n < grid.n(); n++) {
            for (int c = 0; c < grid.c(); c++) {
                for (int h = 0; h < grid.h(); h++) {
                    for (int w = 0; w < grid.w(); w++) {
                        tensor.putFloat(4 * (grid.row(n, c, h) + w * grid.columnStride()), values[i++]);
                    }
                }
            }
        }
        return tensor;
    }

    @ParameterizedTest
    @MethodSource("orders")
    void everyOrderGivesTheSameAndTheAdjoint(IntFunction<Grid> order) {
        Grid small = order.apply(0);
        Grid large = order.apply(1);
        Grid plainSmall = Grid.plain(2, 20, 3, 4);
        Grid plainLarge = Grid.plain(2, 20, 7, 9);
        float[] x = Bytes.random(2 * 20 * 3 * 4, 1);
        float[] g = Bytes.random(2 * 20 * 7 * 9, 2);
        for (Resize op : List.of(NEAREST, BILINEAR, ALIGNED)) {
            for (boolean up : new boolean[] {true, false}) {
                Grid in = up ? small : large;
                Grid out = up ? large : small;
                float[] from = up ? x : g;
                float[] back = up ? g : x;
                ByteBuffer y = Bytes.zeros(out.n() * out.imageLength());
                ResizeKernel forward = kernel(in, out, op, false);
                forward.bind(physical(in, from), y);
                forward.run();
                ByteBuffer plain = Bytes.zeros(up ? g.length : x.length);
                ResizeKernel expected = kernel(up ? plainSmall : plainLarge, up ? plainLarge : plainSmall, op, false);
                expected.bind(Bytes.of(from), plain);
                expected.run();
                assertThat(logical(out, y)).containsExactly(Bytes.floats(plain), within(1e-6f));

                ByteBuffer toX = Bytes.zeros(in.n() * in.imageLength());
                ResizeKernel backward = kernel(in, out, op, true);
                backward.bind(toX, physical(out, back));
                backward.run();
                assertThat(dot(logical(in, toX), from)).isCloseTo(dot(logical(out, y), back), within(1e-4));
            }
        }
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
