package io.vertebra.cuda.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emulated.KernelBench;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Blocks that walk many rows: their sums for parameters, of whole numbers that floats hold exactly in any order. */
class RowSumsTest {
    private static final int BLOCKS = 3;

    static Stream<Arguments> matrices() {
        return IntStream.of(1, 8, 40, 96, 257, 1030, 2304, 6152)
                .boxed()
                .flatMap(channels -> Stream.of(Type.F32, Type.BF16).map(type -> Arguments.of(channels, type)));
    }

    /** So many that every group walks a second time, and some but not all a third one. */
    private static int rows(Groups groups) {
        return 2 * BLOCKS * Grid.THREADS / groups.lanes() + 1;
    }

    /** Whole numbers from -reach to reach. */
    private static float[] numbers(int count, int factor, int reach) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (i * factor) % (2 * reach + 1) - reach;
        }
        return numbers;
    }

    private static float[] full(int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }

    /** (blocks, sets, channels) to (sets, channels). */
    private static float[] total(float[] partials, int columns) {
        float[] total = new float[columns];
        for (int i = 0; i < partials.length; i++) {
            total[i % columns] += partials[i];
        }
        return total;
    }

    /** With a mean of 0 and a factor of 1; where the weight is 0, so is the gradient of x. */
    @ParameterizedTest
    @MethodSource("matrices")
    void layer_norm(int channels, Type type) {
        Groups groups = Groups.of(type, 1, channels, 2, 3);
        int rows = rows(groups);
        float[] x = numbers(rows * channels, 37, 20);
        float[] dy = numbers(rows * channels, 11, 8);
        float[] expected = new float[2 * channels];
        for (int i = 0; i < x.length; i++) {
            expected[i % channels] += x[i] * dy[i];
            expected[channels + i % channels] += dy[i];
        }
        try (KernelBench bench = new KernelBench()) {
            DeviceMemory dx = bench.room(type, x.length);
            DeviceMemory partials = bench.room(Type.F32, BLOCKS * 2L * channels);
            bench.launch(
                    "layer_norm",
                    type,
                    groups.kernel("", "layer_norm_backward").function(),
                    Grid.of(BLOCKS, Grid.THREADS),
                    bench.put(type, x),
                    bench.put(Type.F32, new float[channels]),
                    bench.put(Type.F32, new float[rows]),
                    bench.put(Type.F32, full(rows, 1)),
                    bench.put(type, dy),
                    dx,
                    partials,
                    (long) rows,
                    channels,
                    groups.lanes());
            assertThat(total(bench.floats(partials, Type.F32), 2 * channels)).containsExactly(expected);
            assertThat(bench.floats(dx, type)).containsExactly(new float[x.length], within(0f)); // of either sign
        }
    }

    /** Rows that are shorter than ε: they are divided by it. */
    @ParameterizedTest
    @MethodSource("matrices")
    void l2_norm(int channels, Type type) {
        Groups groups = Groups.of(type, 1, channels, 2);
        int rows = rows(groups);
        float[] x = numbers(rows * channels, 37, 20);
        float[] dy = numbers(rows * channels, 11, 8);
        float[] expected = new float[channels];
        for (int i = 0; i < x.length; i++) {
            expected[i % channels] += x[i] * dy[i] / 0x1p20f;
        }
        try (KernelBench bench = new KernelBench()) {
            DeviceMemory dx = bench.room(type, x.length);
            DeviceMemory partials = bench.room(Type.F32, (long) BLOCKS * channels);
            bench.launch(
                    "l2_norm",
                    type,
                    groups.kernel("", "l2_norm_backward").function(),
                    Grid.of(BLOCKS, Grid.THREADS),
                    bench.put(type, x),
                    bench.put(Type.F32, full(channels, 0x1p20f)),
                    bench.put(type, dy),
                    dx,
                    partials,
                    (long) rows,
                    channels,
                    groups.lanes(),
                    0x1p20f);
            assertThat(total(bench.floats(partials, Type.F32), channels)).containsExactly(expected);
            assertThat(bench.floats(dx, type)).containsExactly(dy);
        }
    }
}
