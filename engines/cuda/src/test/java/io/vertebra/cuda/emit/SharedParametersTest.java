package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.Shape;
import java.util.function.BiFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nodes that share parameters: the gradient of a parameter is the sum over all of them, statistics move with each. */
class SharedParametersTest {
    private static final int CHANNELS = 16;
    private static final Shape MAPS = Shape.of(2, CHANNELS, 6, 5);

    /** Three times in a row, and once beside, with functions between. */
    private static void agrees(Shape image, Type type, BiFunction<GraphBuilder, Node, Node> layer) {
        new AgainstReference(image, (g, x) -> {
                    Node first = layer.apply(g, x);
                    Node second = g.again(first, g.activation(Function.TANH, first));
                    Node third = g.again(first, g.activation(Function.SIGMOID, second));
                    return g.add(third, g.again(first, x));
                })
                .agrees(type);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void convolutions(Type type) {
        agrees(
                MAPS,
                type,
                (g, x) ->
                        g.conv("conv", x, Conv.of(3, CHANNELS).groups(CHANNELS).withBias()));
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void linear_layers(Type type) {
        new AgainstReference(Shape.of(7, CHANNELS, 1, 1), (g, x) -> {
                    Node first = g.linear("fc", g.flatten(x), CHANNELS);
                    return g.again(first, g.activation(Function.TANH, g.again(first, first)));
                })
                .agrees(type);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void batch_norms(Type type) {
        agrees(MAPS, type, (g, x) -> g.batchNorm("norm", x));
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void group_norms(Type type) {
        agrees(MAPS, type, (g, x) -> g.groupNorm("norm", x, new GroupNorm(4, 1e-5, 1)));
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void layer_norms(Type type) {
        agrees(MAPS, type, (g, x) -> g.layerNorm("norm", x, 1e-5));
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void lengths_and_factors_of_channels(Type type) {
        agrees(MAPS, type, (g, x) -> g.l2Norm(x, 2));
        agrees(MAPS, type, (g, x) -> g.layerScale(x, 0.5));
    }
}
