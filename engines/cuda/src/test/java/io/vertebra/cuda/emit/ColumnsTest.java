package io.vertebra.cuda.emit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.MathMode;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emulated.KernelBench;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.pass.MemoryPlan;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Program;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sums over rows, whole numbers that floats hold exactly in any order: one run and many, packs and single columns. */
class ColumnsTest {

    static Stream<Arguments> matrices() {
        return Stream.of(1, 3, 16, 19, 72, 520)
                .flatMap(columns -> Stream.of(1, 40, 1777)
                        .flatMap(
                                rows -> Stream.of(Type.F32, Type.BF16).map(type -> Arguments.of(rows, columns, type))));
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void sums_are_those_of_all_rows(int rows, int columns, Type type) {
        float[] values = new float[rows * columns];
        float[] expected = new float[columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i * 37) % 101 - 50;
            expected[i % columns] += values[i];
        }
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.image(1, 1, 1));
        try (KernelBench bench = new KernelBench()) {
            Target target = new Target(bench.device(), new HostCopies(), type, MathMode.STRICT, false);
            Lowering l = new Lowering(
                    Program.of(Form.inference(g.build(), Map.of("input", Shape.of(1, 1, 1, 1)))), null, target);
            DeviceMemory x = bench.put(type, values);
            DeviceMemory sums = bench.room(Type.F32, columns);
            Operand matrix = Operand.at(x::address, type, values.length);
            Operand to = Operand.at(sums::address, Type.F32, columns);
            Columns.sum(new Call.Label("x", "sum", "forward", 0), matrix, rows, columns, to, l);
            DeviceMemory arena = bench.room(Type.F32, MemoryPlan.assign(l.storages(), 256) / Float.BYTES);
            for (Call call : l.calls()) {
                try (Step step = call.bind(new Call.Binding(bench.device(), arena.address(), null))) {
                    step.run();
                }
            }
            assertThat(bench.floats(sums, Type.F32)).containsExactly(expected);
        }
    }
}
