package io.vertebra.graph.contract;

import static io.vertebra.graph.op.Activation.Function.RELU;
import static io.vertebra.graph.op.Activation.Function.SILU;
import static io.vertebra.graph.op.Activation.Function.TANH;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.Shape;
import java.util.List;
import java.util.function.BiConsumer;

/** Slices, joins and shuffles in a row, as ShuffleNet has them: what engines make views or permuted weights of. */
final class ShufflePatternCases {
    private static final Shape MAP = Shape.of(2, 32, 6, 5);

    private ShufflePatternCases() {}

    static List<OperatorCase> all() {
        return List.of(
                unit("pattern.shuffle unit", MAP, SILU),
                unit("pattern.shuffle unit of 58 channels", Shape.of(2, 58, 5, 4), SILU),
                unit("pattern.shuffle unit with relu", Shape.of(2, 48, 5, 4), RELU),
                shifted("pattern.shuffle reduction and two units", Shape.of(3, 24, 8, 7), (g, x) -> {
                    Node y = ModernGraphs.shuffleReduction(g.in(0), x, 20, SILU);
                    y = ModernGraphs.shuffleUnit(g.in(1), y, SILU);
                    g.output("pyramid.2", y);
                    g.output("y", g.conv("next", ModernGraphs.shuffleUnit(g.in(2), y, SILU), Conv.of(1, 16)));
                }),
                Patterns.smooth("pattern.grouped conv, shuffle, grouped conv", Shape.of(2, 24, 6, 5), (g, x) -> {
                    Node y = g.conv("conv0", x, Conv.of(1, 48).groups(3));
                    y = g.channelShuffle(g.activation(SILU, g.batchNorm("bn0", y)), 3);
                    g.output("y", g.conv("conv1", y, Conv.of(3, 24).groups(3)));
                }),
                Patterns.smooth("pattern.shuffle used twice", MAP, (g, x) -> {
                    Node y = g.channelShuffle(g.conv("conv", x, Conv.of(1, 32)), 2);
                    g.output("y", g.add(g.conv("next", y, Conv.of(3, 32)), y));
                }),
                Patterns.smooth("pattern.shuffle there and back", MAP, (g, x) -> {
                    Node y = g.channelShuffle(g.channelShuffle(x, 4), 8);
                    g.output("y", g.conv("next", y, Conv.of(1, 16)));
                }),
                Patterns.smooth("pattern.halves of a conv, and the whole", MAP, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 32));
                    Node a = g.conv("a", g.slice(y, 0, 16), Conv.of(3, 32));
                    Node b = g.conv("b", g.slice(y, 16, 32), Conv.of(1, 32));
                    g.output("y", g.add(g.add(a, b), y));
                }),
                Patterns.smooth("pattern.halves swapped", MAP, (g, x) -> {
                    Node y = g.activation(SILU, g.conv("conv", x, Conv.of(1, 32)));
                    g.output("y", g.concat(g.slice(y, 16, 32), g.slice(y, 0, 16)));
                }),
                Patterns.smooth("pattern.halves put together again", MAP, (g, x) -> {
                    Node y = g.concat(g.slice(x, 0, 20), g.slice(x, 20, 32));
                    g.output("y", g.conv("next", y, Conv.of(1, 16)));
                }),
                Patterns.smooth("pattern.slice that is an output", MAP, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(1, 24));
                    Node part = g.slice(y, 5, 12);
                    g.output("part", part);
                    g.output("y", g.concat(g.activation(TANH, part), y));
                }),
                Patterns.smooth("pattern.slice of which nothing flows back", MAP, (g, x) -> {
                    // channels that nobody reads have the gradient 0
                    Node y = g.conv("conv", x, Conv.of(3, 40));
                    g.output("y", g.conv("next", g.slice(y, 24, 40), Conv.of(1, 8)));
                }));
    }

    private static OperatorCase unit(String name, Shape image, Function function) {
        return shifted(name, image, (g, x) -> g.output("y", ModernGraphs.shuffleUnit(g, x, function)));
    }

    /** With a norm, a convolution and a norm in a row. */
    private static OperatorCase shifted(String name, Shape image, BiConsumer<GraphBuilder, Node> body) {
        String reason =
                "the second of two norms takes the first one's shift away, whose gradient is what rounding leaves";
        return OperatorCase.of(name, image, body)
                .within(Precision.FP32, 1e-5, 2e-4, reason)
                .within(Precision.BF16, 2e-2, 0.2, reason);
    }
}
