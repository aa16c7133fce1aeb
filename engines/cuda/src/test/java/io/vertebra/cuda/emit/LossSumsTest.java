package io.vertebra.cuda.emit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emulated.KernelBench;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums over more partial sums than the emulated device ever has: a card has one for each of a thousand blocks. */
class LossSumsTest {
    private static final Grid ONE = Grid.of(1, Grid.THREADS);

    private KernelBench bench;

    @BeforeEach
    void open() {
        bench = new KernelBench();
    }

    @AfterEach
    void close() {
        if (bench != null) {
            bench.close();
        }
    }

    /** 1, 2, … and at the end a number to which a float cannot add single ones. */
    private DeviceMemory partials(int count) {
        return bench.put(LongStream.rangeClosed(1, count)
                .map(i -> Double.doubleToRawLongBits(i == count ? 0x1p25 : i))
                .toArray());
    }

    private static double sum(int count) {
        return 0x1p25 + (count - 1) * (count / 2.0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 255, 256, 257, 1056})
    void addsAllPartialSums(int count) {
        DeviceMemory loss = bench.room(Type.F32, 1);
        float scale = 0x1p-16f;
        bench.launch("loss_sums", Type.F32, "loss_total", ONE, partials(count), count, null, scale, loss);
        assertThat(bench.floats(loss, Type.F32)).containsExactly((float) (sum(count) * scale));
        DeviceMemory factor = bench.put(Type.F32, 0.5f);
        bench.launch("loss_sums", Type.F32, "loss_total", ONE, partials(count), count, factor, scale, loss);
        assertThat(bench.floats(loss, Type.F32)).containsExactly((float) (sum(count) * 0.5));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "0, 1, 1", "0.5, 0, 2", "0.5, 1, 1", "4, 1, 0.25"})
    void dividesByTheSumOrTheLeast(double sum, float least, float expected) {
        DeviceMemory partial = bench.put(Double.doubleToRawLongBits(sum));
        DeviceMemory scale = bench.room(Type.F32, 1);
        bench.launch("loss_sums", Type.F32, "loss_scale", ONE, partial, 1, least, scale);
        assertThat(bench.floats(scale, Type.F32)).containsExactly(expected);
    }

    @Test
    void clippingAddsAllPartialSums() {
        int count = 300;
        DeviceMemory squares = bench.put(LongStream.range(0, count)
                .map(i -> Double.doubleToRawLongBits(3))
                .toArray());
        DeviceMemory scalars = bench.put(Type.F32, 0.5f, 7, 7, 7); // the mean of two
        bench.launch("updates", Type.F32, "clip_scale", ONE, squares, count, 3f, scalars);
        // the norm of the mean is √900 / 2 = 15
        assertThat(bench.floats(scalars, Type.F32)).startsWith(0.5f, 7, 7);
        assertThat(bench.floats(scalars, Type.F32)[3]).isEqualTo((float) (0.5 * 3 / (15 + 1e-6)));
    }
}
