package io.vertebra.cuda.emit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Functions;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emulated.KernelBench;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Shape;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions of single elements where the last pack is not full, and of what is not a number. */
class PointwiseTest {
    /** 1989 elements: more than one block, and no whole number of packs. */
    private static final Shape ODD = Shape.of(1, 3, 17, 39);

    static Stream<Arguments> functions() {
        return Arrays.stream(Activation.Function.values())
                .flatMap(function -> Stream.of(Type.F32, Type.BF16).map(type -> Arguments.of(function, type)));
    }

    @ParameterizedTest
    @MethodSource("functions")
    void activations(Activation.Function function, Type type) {
        new AgainstReference(ODD, (g, x) -> g.activation(function, x))
                .withPictures(x -> 3 * x)
                .agrees(type);
    }

    @ParameterizedTest
    @MethodSource("functions")
    void what_is_not_a_number_stays_so(Activation.Function function, Type type) {
        int number = Functions.number(function);
        int elements = Tiles.elements(type) + 1;
        float[] values = new float[elements];
        Arrays.fill(values, Float.NaN);
        try (KernelBench bench = new KernelBench()) {
            DeviceMemory x = bench.put(type, values);
            DeviceMemory y = bench.put(type, new float[elements]);
            Kernel kernel = Activations.pointwise("activate", type, elements);
            bench.launch(kernel.file(), type, kernel.function(), kernel.grid(), x, y, (long) elements, number);
            assertThat(bench.floats(y, type)).containsOnly(Float.NaN);
        }
    }

    /** The sum takes over functions that its result differentiates. */
    @ParameterizedTest
    @MethodSource("functions")
    void sums_with_a_function(Activation.Function function, Type type) {
        new AgainstReference(ODD, (g, x) -> g.activation(function, g.add(x, g.activation(Activation.Function.TANH, x))))
                .withPictures(x -> x / 2) // so that no sum is rounded across a kink
                .agrees(type);
    }

    @ParameterizedTest
    @MethodSource("functions")
    void sums_with_a_factor_and_a_function(Activation.Function function, Type type) {
        new AgainstReference(
                        ODD,
                        (g, x) -> g.activation(
                                function, g.scaledAdd(x, -0.75, g.activation(Activation.Function.TANH, x))))
                .withPictures(x -> x / 2) // so that no sum is rounded across a kink
                .agrees(type);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void products(Type type) {
        new AgainstReference(ODD, (g, x) -> g.multiply(x, g.activation(Activation.Function.SIGMOID, x))).agrees(type);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void a_map_times_itself(Type type) {
        new AgainstReference(ODD, (g, x) -> g.multiply(x, x)).agrees(type);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void scales_by_a_number_of_the_card(Type type) {
        float[] values = {1, -2, 3, 0.5f, 8, -16, 32, 64, 7, 6};
        try (KernelBench bench = new KernelBench()) {
            DeviceMemory x = bench.put(type, values);
            DeviceMemory factor = bench.put(Type.F32, -0.5f);
            Kernel kernel = Activations.pointwise("scale", type, values.length);
            bench.launch(kernel.file(), type, kernel.function(), kernel.grid(), x, factor, x, (long) values.length);
            assertThat(bench.floats(x, type)).containsExactly(-0.5f, 1, -1.5f, -0.25f, -4, 8, -16, -32, -3.5f, -3);
        }
    }
}
