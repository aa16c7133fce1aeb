package io.vertebra.cuda.emulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.engine.CounterHash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmulatedDeviceTest {

    @ParameterizedTest
    @ValueSource(ints = {32, 64, 96, 256, 1024})
    void block_sum_has_the_sum_in_every_thread_of_each_block(int threads) {
        int blocks = 3;
        float[] x = new float[blocks * threads];
        float[] sums = new float[blocks];
        for (int i = 0; i < x.length; i++) {
            x[i] = i % 7 + i / threads;
            sums[i / threads] += x[i];
        }
        try (KernelBench bench = new KernelBench()) {
            for (Type type : EmulatorSources.TYPES) {
                DeviceMemory y = bench.room(Type.F32, x.length);
                bench.launch("probes", type, "probe_block_sum", Grid.of(blocks, threads), bench.put(type, x), y);
                float[] found = bench.floats(y, Type.F32);
                for (int i = 0; i < x.length; i++) {
                    assertThat(found[i]).as("thread %d", i).isEqualTo(sums[i / threads]);
                }
            }
        }
    }

    @Test
    void two_block_sums_in_a_row_do_not_mix() {
        try (KernelBench bench = new KernelBench()) {
            float[] x = new float[96];
            float sum = 0;
            for (int i = 0; i < x.length; i++) {
                x[i] = i;
                sum += 3 * x[i];
            }
            DeviceMemory y = bench.room(Type.F32, x.length);
            bench.launch("probes", Type.F32, "probe_two_sums", Grid.of(1, 96), bench.put(Type.F32, x), y);
            assertThat(bench.floats(y, Type.F32)).containsOnly(sum);
        }
    }

    @Test
    void warps_add_and_compare_among_themselves() {
        try (KernelBench bench = new KernelBench()) {
            float[] x = new float[64];
            float[] sums = new float[64];
            float[] largest = new float[64];
            for (int i = 0; i < 64; i++) {
                x[i] = i * 5 % 64;
                for (int lane = 0; lane < 32; lane++) {
                    float other = (i / 32 * 32 + lane) * 5 % 64;
                    sums[i] += other;
                    largest[i] = Math.max(largest[i], other);
                }
            }
            DeviceMemory y = bench.room(Type.F32, 64);
            DeviceMemory z = bench.room(Type.F32, 64);
            bench.launch("probes", Type.F32, "probe_warp_sum", Grid.of(1, 64), bench.put(Type.F32, x), y, z);
            assertThat(bench.floats(y, Type.F32)).containsExactly(sums);
            assertThat(bench.floats(z, Type.F32)).containsExactly(largest);
        }
    }

    @Test
    void threads_know_where_they_are_and_take_their_arguments() {
        try (KernelBench bench = new KernelBench()) {
            DeviceMemory y = bench.room(Type.I32, 2 * 3 * 4 * 32);
            bench.launch("probes", Type.F32, "probe_indices", new Grid(2, 3, 4, 32), y, 1L << 40, -7, 2.5f);
            int[] found = bench.ints(y);
            for (int i = 0; i < found.length; i++) {
                assertThat(found[i]).isEqualTo(i + 1 - 7 + 5);
            }
        }
    }

    @Test
    void threads_that_return_before_a_barrier_are_an_error() {
        try (KernelBench bench = new KernelBench()) {
            DeviceMemory y = bench.room(Type.F32, 64);
            bench.launch("probes", Type.F32, "probe_leaves_barrier", Grid.of(1, 64), y, 0);
            assertThatThrownBy(() -> bench.launch("probes", Type.F32, "probe_leaves_barrier", Grid.of(1, 64), y, 1))
                    .hasMessage("emulated: probes/float/probe_leaves_barrier, block (0, 0, 0): 63 threads wait at"
                            + " __syncthreads, 0 within their warp, 1 have returned");
            assertThatThrownBy(() -> bench.launch("probes", Type.F32, "probe_leaves_warp", Grid.of(2, 64), y))
                    .hasMessageContaining("probe_leaves_warp, block (0, 0, 0)")
                    .hasMessageContaining("31 within their warp, 33 have returned");
            // and the next launch is none the worse
            bench.launch("probes", Type.F32, "probe_leaves_barrier", Grid.of(1, 64), y, 0);
            assertThat(bench.floats(y, Type.F32)).containsOnly(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void a_value_is_rounded_as_java_rounds(Type type) {
        float[] x = new float[1 << 16];
        for (int i = 0; i < x.length; i++) {
            int low = i % 4 == 0 ? 0x8000 : i % 4 == 1 ? 0x7FFF : i % 4 == 2 ? 0x8001 : 0;
            x[i] = Float.intBitsToFloat(i << 16 | low);
        }
        try (KernelBench bench = new KernelBench()) {
            DeviceMemory y = bench.room(type, x.length);
            DeviceMemory from = bench.put(Type.F32, x);
            bench.launch("probes", type, "probe_rounds", Grid.over(x.length), from, y, (long) x.length);
            float[] found = bench.floats(y, type);
            for (int i = 0; i < x.length; i++) {
                assertThat(Float.compare(found[i], KernelBench.rounded(type, x[i])))
                        .as("%x", i)
                        .isZero();
            }
        }
    }

    @Test
    void uniform_numbers_are_those_of_the_counter_hash() {
        long key = CounterHash.key(7, 3, 1, 42);
        int n = 1000;
        try (KernelBench bench = new KernelBench()) {
            DeviceMemory y = bench.room(Type.F32, n);
            bench.launch("probes", Type.F32, "probe_uniform", Grid.over(n), bench.put(key), y, (long) n);
            float[] found = bench.floats(y, Type.F32);
            for (int i = 0; i < n; i++) {
                assertThat(found[i]).isEqualTo(CounterHash.uniform(key, i));
            }
        }
    }
}
