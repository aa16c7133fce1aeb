package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** One number a channel, of each picture or of all: several runs of rows and channels that fill no pack. */
@Execution(ExecutionMode.CONCURRENT)
class ChannelScalesTest {

    static Stream<Arguments> shapes() {
        return Stream.of(
                        Shape.of(3, 64, 20, 21),
                        Shape.of(2, 1, 37, 41),
                        Shape.of(5, 19, 9, 11),
                        Shape.of(2, 24, 17, 13),
                        Shape.of(2, 520, 3, 3))
                .flatMap(shape -> Stream.of(Type.F32, Type.BF16).map(type -> Arguments.of(shape, type)));
    }

    /** Those whose sums are large enough that bf16 leaves them two digits. */
    static Stream<Arguments> manyChannels() {
        return shapes().filter(a -> ((Shape) a.get()[0]).c() > 3 || a.get()[1] == Type.F32);
    }

    private static Node gate(GraphBuilder g, Node x) {
        Node means = g.adaptiveAveragePool(g.activation(Activation.Function.TANH, x), new Size(1, 1));
        return g.multiply(x, g.activation(Activation.Function.SIGMOID, means));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void gates(Shape shape, Type type) {
        new AgainstReference(shape, ChannelScalesTest::gate).agrees(type);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void layer_scale(Shape shape, Type type) {
        new AgainstReference(shape, (g, x) -> g.layerScale(x, 1)).agrees(type);
    }

    @ParameterizedTest
    @MethodSource("manyChannels")
    void layer_scale_with_a_shortcut(Shape shape, Type type) {
        new AgainstReference(shape, (g, x) -> {
                    Node shortcut = g.activation(Activation.Function.TANH, x);
                    return g.activation(Activation.Function.SIGMOID, g.add(shortcut, g.layerScale(x, 1)));
                })
                .agrees(type);
    }

    /** Then a scale is all that the gradient needs. */
    @ParameterizedTest
    @MethodSource("shapes")
    void frozen_layer_scale_with_a_shortcut(Shape shape, Type type) {
        new AgainstReference(shape, (g, x) -> g.add(g.activation(Activation.Function.TANH, x), g.layerScale(x, 1)))
                .training()
                .agrees(type);
    }

    /** Nobody wants the gradient of what the scale reads, nor its own. */
    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void only_the_shortcut_is_differentiated(Type type) {
        new AgainstReference(Shape.of(2, 24, 17, 13), (g, x) -> g.add(g.batchNorm("norm", x), g.layerScale(x, 1)))
                .training("norm.weight", "norm.bias")
                .withoutPicture()
                .agrees(type);
    }

    /** The bias in front of it gets its gradient from sums that come off. */
    @ParameterizedTest
    @MethodSource("manyChannels")
    void layer_scale_behind_a_bias(Shape shape, Type type) {
        new AgainstReference(shape, (g, x) -> g.layerScale(depthwise(g, x), 1)).agrees(type);
    }

    /** Several runs of each picture, one, and as many pictures as make a dropped one certain. */
    static Stream<Arguments> dropped() {
        return Stream.of(
                        Shape.of(3, 64, 20, 21),
                        Shape.of(9, 19, 4, 3),
                        Shape.of(6, 24, 17, 13),
                        Shape.of(64, 10, 1, 1),
                        Shape.of(5, 520, 3, 3))
                .flatMap(shape -> Stream.of(Type.F32, Type.BF16).map(type -> Arguments.of(shape, type)));
    }

    /** One pass for the scale, the drop path and the sum; the bias in front gets its gradient from what is dropped too. */
    @ParameterizedTest
    @MethodSource("dropped")
    void layer_scale_and_drop_path_with_a_shortcut(Shape shape, Type type) {
        new AgainstReference(shape, (g, x) -> g.add(x, dropped(g, depthwise(g, x)))).agrees(type);
        new AgainstReference(shape, (g, x) -> {
                    Node shortcut = g.activation(Activation.Function.TANH, x);
                    return g.activation(Activation.Function.SIGMOID, g.add(shortcut, dropped(g, x)));
                })
                .agrees(type);
    }

    @ParameterizedTest
    @MethodSource("dropped")
    void parts_of_layer_scale_and_drop_path_are_differentiated(Shape shape, Type type) {
        new AgainstReference(shape, (g, x) -> g.add(x, dropped(g, x)))
                .training()
                .agrees(type);
        new AgainstReference(shape, (g, x) -> dropped(g, x)).withoutPicture().agrees(type);
        new AgainstReference(shape, (g, x) -> g.add(g.batchNorm("norm", x), dropped(g, x)))
                .training("norm.weight", "norm.bias")
                .withoutPicture()
                .agrees(type);
    }

    /** Somebody else wants what the scale gives, or a function stands between. */
    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void layer_scale_apart_from_drop_path(Type type) {
        Shape shape = Shape.of(6, 24, 5, 7);
        new AgainstReference(shape, (g, x) -> {
                    Node scaled = g.layerScale(x, 1);
                    return g.add(g.dropPath(scaled, 0.4), g.activation(Activation.Function.TANH, scaled));
                })
                .agrees(type);
        new AgainstReference(
                        shape, (g, x) -> g.dropPath(g.activation(Activation.Function.TANH, g.layerScale(x, 1)), 0.4))
                .agrees(type);
        new AgainstReference(
                        shape,
                        (g, x) -> g.dropPath(g.add(g.activation(Activation.Function.TANH, x), g.layerScale(x, 1)), 0.4))
                .agrees(type);
    }

    private static Node dropped(GraphBuilder g, Node x) {
        return g.dropPath(g.layerScale(x, 1), 0.4);
    }

    @ParameterizedTest
    @MethodSource("manyChannels")
    void functions_behind_a_bias(Shape shape, Type type) {
        for (Activation.Function function : List.of(Activation.Function.GELU, Activation.Function.SIGMOID)) {
            new AgainstReference(shape, (g, x) -> g.activation(function, depthwise(g, x))).agrees(type);
        }
    }

    /** Sums of one of two gradients are not those of both. */
    @ParameterizedTest
    @MethodSource("manyChannels")
    void a_bias_that_two_functions_read(Shape shape, Type type) {
        new AgainstReference(shape, (g, x) -> {
                    Node y = depthwise(g, x);
                    return g.add(g.activation(Activation.Function.GELU, y), g.activation(Activation.Function.SILU, y));
                })
                .agrees(type);
    }

    private static Node depthwise(GraphBuilder g, Node x) {
        return g.conv("conv", x, Conv.of(3, x.channels()).groups(x.channels()).withBias());
    }
}
