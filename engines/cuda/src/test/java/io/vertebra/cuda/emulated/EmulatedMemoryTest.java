package io.vertebra.cuda.emulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.engine.EngineException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmulatedMemoryTest {

    @ParameterizedTest
    @ValueSource(longs = {-1, 10, 1 << 20})
    void a_kernel_that_leaves_its_memory_is_an_error(long at) {
        try (KernelBench bench = new KernelBench()) {
            DeviceMemory x = bench.put(Type.F32, new float[10]);
            assertThatThrownBy(() -> bench.launch("probes", Type.F32, "probe_writes", Grid.of(1, 32), x, at))
                    .hasMessageContaining("probe_writes, block (0, 0, 0): thread 0 writes 4 bytes that are no memory");
            assertThatThrownBy(() -> bench.launch("probes", Type.F32, "probe_reads", Grid.of(1, 32), x, x, at))
                    .hasMessageContaining("thread 0 reads 4 bytes that are no memory");
            bench.launch("probes", Type.F32, "probe_writes", Grid.of(1, 32), x, 9L);
            assertThat(bench.floats(x, Type.F32)).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
        }
    }

    /** A card takes several elements at once only from multiples of their bytes. */
    @ParameterizedTest
    @CsvSource({"F32, 2", "F32, 4", "BF16, 2", "BF16, 4", "BF16, 8"})
    void several_elements_at_no_multiple_of_them_are_an_error(Type type, int count) {
        int bytes = count * type.bytes();
        try (KernelBench bench = new KernelBench()) {
            DeviceMemory x = bench.put(type, new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
            DeviceMemory y = bench.put(type, new float[16]);
            Grid grid = Grid.of(1, 32);
            assertThatThrownBy(() -> bench.launch("probes", type, "probe_places", grid, x, y, 1L, 0L, count))
                    .hasMessageContaining(
                            "thread 0 takes what lies at no multiple of " + bytes + " bytes, in common.cuh");
            assertThatThrownBy(() -> bench.launch("probes", type, "probe_places", grid, x, y, 0L, 1L, count))
                    .hasMessageContaining("thread 0 takes what lies at no multiple of " + bytes + " bytes");
            bench.launch("probes", type, "probe_places", grid, x, y, (long) count, 0L, count);
            assertThat(bench.floats(y, type)[count - 1]).isEqualTo(2 * count - 1);
            assertThat(bench.floats(y, type)[count]).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0, thread", "32, 0, thread", "64, 1, another block"})
    void threads_that_share_memory_without_a_barrier_are_an_error(int distance, int barrier, String who) {
        try (KernelBench bench = new KernelBench()) {
            DeviceMemory y = bench.room(Type.F32, 128);
            DeviceMemory z = bench.room(Type.F32, 128);
            assertThatThrownBy(() -> bench.launch(
                            "probes", Type.F32, "probe_neighbour", Grid.of(2, 64), y, z, distance, barrier))
                    .hasMessageContaining("of memory 0 of the test that " + who)
                    .hasMessageContaining("with no barrier between");
            bench.launch("probes", Type.F32, "probe_neighbour", Grid.of(1, 64), y, z, distance, 1);
            bench.launch("probes", Type.F32, "probe_neighbour", Grid.of(2, 64), y, z, 0, 0);
            assertThatThrownBy(() -> bench.launch("probes", Type.F32, "probe_collides", Grid.of(1, 32), y))
                    .hasMessageContaining(
                            "thread 1 writes 4 bytes in byte 0 of memory 0 of the test that thread 0 wrote");
        }
    }

    /** Both halves of what was written in full are known, and nothing beside them. */
    @Test
    void threads_may_share_what_others_read_in_smaller_parts() {
        for (long at : new long[] {0, 1, 2}) {
            try (KernelBench bench = new KernelBench()) {
                DeviceMemory y = bench.put(Type.F32, new float[] {0, 0});
                DeviceMemory z = bench.room(Type.F32, 1);
                bench.launch("probes", Type.BF16, "probe_mixes", Grid.of(1, 64), y, y, z, at, 1);
                assertThat(bench.floats(z, Type.F32)).containsExactly(at == 1 ? 1 : 0);
            }
            try (KernelBench bench = new KernelBench()) {
                DeviceMemory y = bench.put(Type.F32, new float[] {0, 0});
                DeviceMemory z = bench.room(Type.F32, 1);
                ThrowingCallable apart =
                        () -> bench.launch("probes", Type.BF16, "probe_mixes", Grid.of(1, 64), y, y, z, at, 0);
                if (at == 2) {
                    assertThatCode(apart).doesNotThrowAnyException();
                } else {
                    assertThatThrownBy(apart)
                            .hasMessageContaining("thread 32 reads 2 bytes in byte " + 2 * at)
                            .hasMessageContaining("that thread 0 wrote");
                }
            }
        }
    }

    @Test
    void what_nobody_wrote_is_not_a_number() {
        try (KernelBench bench = new KernelBench()) {
            DeviceMemory y = bench.room(Type.F32, 32);
            assertThat(bench.floats(y, Type.F32)).containsOnly(Float.NaN);
            assertThat(bench.floats(bench.room(Type.BF16, 32), Type.BF16)).containsOnly(Float.NaN);
            bench.launch("probes", Type.F32, "probe_shared", Grid.of(1, 32), y);
            assertThat(bench.floats(y, Type.F32)).containsOnly(Float.NaN);
        }
    }

    @Test
    void arguments_are_of_the_kinds_of_the_parameters() {
        try (KernelBench bench = new KernelBench()) {
            DeviceMemory y = bench.room(Type.F32, 32);
            assertThatThrownBy(() -> bench.launch("probes", Type.F32, "probe_writes", Grid.of(1, 32), y, 3))
                    .hasMessage("argument 1 of probes/float/probe_writes is 3 (Integer), the parameter is l");
            assertThatThrownBy(() -> bench.launch("probes", Type.F32, "probe_writes", Grid.of(1, 32), y))
                    .hasMessageContaining("has 2 parameters, not 1");
            assertThatThrownBy(() -> bench.launch("probes", Type.F32, "probe_writes", Grid.of(1, 32), 4096L, 0L))
                    .hasMessageContaining("argument 0")
                    .hasMessageContaining("lie in no memory of this device");
            assertThatThrownBy(
                            () -> bench.launch("probes", Type.F32, "probe_writes", Grid.of(1, 32), y.address() + 2, 0L))
                    .hasMessageContaining("is no multiple of 4");
            assertThatThrownBy(() -> bench.launch("probes", Type.F32, "absent", Grid.of(1, 32), y))
                    .hasMessageContaining("there is no kernel probes/float/absent");
        }
    }

    @Test
    void memory_is_bounded_and_what_is_left_open_is_named() {
        EmulatedDevice device = new EmulatedDevice(100);
        DeviceMemory x = device.allocate(60, "the first");
        assertThat(device.free()).isEqualTo(40);
        assertThatThrownBy(() -> device.allocate(41, "the second"))
                .isInstanceOf(EngineException.class)
                .hasMessage("emulated: the second needs 41 bytes, 40 are free")
                .extracting("kind")
                .isEqualTo(EngineException.Kind.OUT_OF_MEMORY);
        HostMemory host = device.pin(4, "numbers");
        Step step = device.clear(x.address(), 4);
        assertThatThrownBy(device::close)
                .hasMessageContaining("the first (60 bytes")
                .hasMessageContaining("host memory for numbers")
                .hasMessageContaining("clear");
        step.close();
        assertThatThrownBy(step::run).hasMessageContaining("is closed");
        host.close();
        x.close();
        x.close();
        assertThat(device.free()).isEqualTo(100);
        assertThatCode(device::close).doesNotThrowAnyException();
    }

    @Test
    void copies_and_recorded_steps_keep_to_their_ranges() {
        try (EmulatedDevice device = new EmulatedDevice();
                HostMemory host = device.pin(12, "numbers");
                DeviceMemory x = device.allocate(8, "x")) {
            host.bytes().putInt(0, 1).putInt(4, 2).putInt(8, 3);
            try (Step up = device.upload(host, 4, x.address(), 8);
                    Step clear = device.clear(x.address() + 4, 4);
                    Step down = device.download(x.address(), host, 0, 8);
                    Step all = device.record(List.of(up, clear, down));
                    Step beyond = device.upload(host, 0, x.address(), 12)) {
                all.run();
                assertThat(host.bytes().getInt(0)).isEqualTo(2);
                assertThat(host.bytes().getInt(4)).isZero();
                assertThat(host.bytes().getInt(8)).isEqualTo(3);
                assertThatThrownBy(beyond::run)
                        .hasMessageContaining("upload: 12 bytes")
                        .hasMessageContaining("x (8 bytes");
            }
        }
    }
}
