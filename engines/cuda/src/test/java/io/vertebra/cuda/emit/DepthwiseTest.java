package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.Conv;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every window that has code of its own beside those that have none, and sums of several parts. */
@Execution(ExecutionMode.CONCURRENT)
class DepthwiseTest {
    private static final Padding ODD = new Padding.Explicit(1, 0, 2, 3);

    static Stream<Arguments> windows() {
        return Stream.of(3, 5, 7)
                .flatMap(side -> Stream.of(Padding.keep(Size.of(side), Size.of(1)), Padding.same(), ODD)
                        .flatMap(padding -> Stream.of(1, 2, 3).map(stride -> Arguments.of(side, stride, padding))));
    }

    private static void agrees(Shape image, Conv conv) {
        Conv each = conv.groups(image.c());
        for (Type type : new Type[] {Type.F32, Type.BF16}) {
            new AgainstReference(image, (g, x) -> g.conv("conv", x, each)).agrees(type);
        }
    }

    /** 11 columns: neither 4 nor 2 divide them. 24 channels fill packs, 5 do not. */
    @ParameterizedTest
    @MethodSource("windows")
    void squares(int side, int stride, Padding padding) {
        agrees(
                Shape.of(2, 24, 9, 11),
                Conv.of(side, 24).stride(stride).padding(padding).withBias());
        agrees(Shape.of(1, 5, 9, 11), Conv.of(side, 5).stride(stride).padding(padding));
    }

    /** So high that threads share out the rows, and padded by more than the window. */
    @ParameterizedTest
    @CsvSource({"3, 1", "3, 2", "5, 1", "5, 2", "7, 1", "7, 2"})
    void high_maps(int side, int stride) {
        Padding above = new Padding.Explicit(side, 1, 0, side);
        Padding below = new Padding.Explicit(side - 1, side, side + 1, 0);
        for (Padding padding : new Padding[] {Padding.keep(Size.of(side), Size.of(1)), above, below}) {
            agrees(
                    Shape.of(1, 6, 31, 8),
                    Conv.of(side, 6).stride(stride).padding(padding).withBias());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 19})
    void other_windows(int channels) {
        agrees(Shape.of(1, channels, 9, 11), Conv.of(new Size(3, 5), channels));
        agrees(Shape.of(2, channels, 6, 7), Conv.of(new Size(1, 4), channels).padding(ODD));
        agrees(Shape.of(2, channels, 8, 8), Conv.of(2, channels).stride(2).padding(Padding.none()));
        agrees(Shape.of(2, channels, 5, 5), Conv.of(1, channels));
        agrees(Shape.of(1, channels, 13, 12), Conv.of(9, channels));
    }

    /** The gradient of what it reads has another part, which it adds. */
    @ParameterizedTest
    @CsvSource({"16, 3, 1", "16, 3, 2", "16, 5, 1", "16, 7, 1", "16, 9, 1", "3, 3, 1", "3, 3, 2"})
    void beside_another_reader(int channels, int side, int stride) {
        Conv conv = Conv.of(side, channels).stride(stride).groups(channels);
        for (Type type : new Type[] {Type.F32, Type.BF16}) {
            new AgainstReference(Shape.of(2, channels, 9, 11), (g, x) -> {
                        Node y = g.activation(Function.TANH, x);
                        Node other = g.activation(Function.SIGMOID, y);
                        return g.add(g.conv("a", y, conv), g.in("other").conv("b", other, conv));
                    })
                    .agrees(type);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 3})
    void dilated(int channels) {
        agrees(Shape.of(2, channels, 9, 11), Conv.of(3, channels).dilation(2));
        agrees(Shape.of(1, channels, 10, 9), Conv.of(3, channels).dilation(3).stride(2));
        agrees(Shape.of(1, channels, 12, 13), Conv.of(5, channels).dilation(2).padding(ODD));
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 1})
    void sums_of_many_cells(int channels) {
        agrees(Shape.of(2, channels, 40, 53), Conv.of(3, channels).withBias());
        agrees(Shape.of(1, channels, 70, 65), Conv.of(5, channels).stride(2).withBias());
    }

    /** Sums for the bias come with those for the taps only where both are wanted. */
    @ParameterizedTest
    @CsvSource({"3, 1", "5, 2", "7, 1", "9, 1"})
    void one_of_bias_and_weights_is_trained(int side, int stride) {
        Conv conv = Conv.of(side, 6).stride(stride).groups(6).withBias();
        for (String trained : List.of("conv.weight", "conv.bias")) {
            new AgainstReference(Shape.of(2, 6, 15, 13), (g, x) -> g.conv("conv", x, conv))
                    .training(trained)
                    .agrees(Type.F32);
        }
    }

    /** Its sums lie behind those of the taps; channels that are no multiple of a block's columns begin there. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 96})
    void biases_of_other_channels(int channels) {
        agrees(Shape.of(3, channels, 20, 9), Conv.of(7, channels).withBias());
    }

    /** More channels than a block has neighbours. */
    @ParameterizedTest
    @ValueSource(ints = {520, 90})
    void many_channels(int channels) {
        agrees(Shape.of(1, channels, 4, 5), Conv.of(3, channels).withBias());
    }

    @ParameterizedTest
    @MethodSource("functions")
    void functions_are_applied_to_the_result(Function function) {
        for (int channels : new int[] {24, 3}) {
            Conv conv = Conv.of(3, channels).groups(channels).withBias();
            new AgainstReference(Shape.of(2, channels, 6, 7), (g, x) -> g.activation(function, g.conv("conv", x, conv)))
                    .agrees(Type.F32);
        }
    }

    static Stream<Function> functions() {
        return Stream.of(Function.values());
    }
}
