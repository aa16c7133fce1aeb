package io.vertebra.graph.contract;

import static io.vertebra.graph.op.Activation.Function.SIGMOID;
import static io.vertebra.graph.op.Activation.Function.TANH;

import io.vertebra.graph.Conventions;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.List;
import java.util.stream.Stream;

/** Products, and channels that are scaled, taken or dealt out. */
final class ChannelCases {
    private ChannelCases() {}

    static List<OperatorCase> all() {
        return Stream.of(products(), scales(), shuffles(), selections(), slices())
                .flatMap(List::stream)
                .toList();
    }

    private static List<OperatorCase> products() {
        return List.of(
                gated("multiply", Shape.of(2, 16, 5, 7)),
                gated("multiply.5 channels", Shape.of(1, 5, 4, 3)),
                gated("multiply.24 channels", Shape.of(3, 24, 3, 3)),
                gated("multiply.100 channels", Shape.of(2, 100, 4, 4)),
                gated("multiply.of batch 1", Shape.of(1, 32, 6, 5)),
                // a gate of x's shape and one a map are the same here
                gated("multiply.1x1 maps", Shape.of(4, 24, 1, 1)),
                OperatorCase.ofAnySize("multiply.of any size", Shape.of(2, 40, 5, 6), Conventions.DEFAULT, (g, x) -> {
                    Node gate = g.activation(SIGMOID, g.adaptiveAveragePool(x, Size.of(1)));
                    g.output("y", g.multiply(x, gate));
                }),
                equal("multiply.of one shape", Shape.of(2, 16, 5, 7)),
                equal("multiply.of one shape, 5 channels", Shape.of(1, 5, 3, 4)),
                equal("multiply.of one shape, 1x1 maps", Shape.of(3, 24, 1, 1)),
                OperatorCase.of("multiply.squares", Shape.of(2, 24, 3, 4), (g, x) -> g.output("y", g.multiply(x, x))),
                OperatorCase.of("multiply.of vectors", Shape.of(3, 10, 1, 1), (g, x) -> {
                    Node v = g.flatten(x);
                    g.output("y", g.multiply(v, g.activation(SIGMOID, v)));
                }),
                OperatorCase.of("multiply.two maps by one gate", Shape.of(2, 16, 5, 4), (g, x) -> {
                    Node gate = g.activation(SIGMOID, g.adaptiveAveragePool(x, Size.of(1)));
                    g.output("gate", gate);
                    g.output("a", g.multiply(x, gate));
                    g.output("b", g.multiply(g.activation(TANH, x), gate));
                }),
                OperatorCase.of("multiply.by the mean itself", Shape.of(2, 5, 5, 4), (g, x) -> {
                    Node mean = g.adaptiveAveragePool(x, Size.of(1));
                    g.output("y", g.multiply(x, g.multiply(mean, mean)));
                }));
    }

    private static OperatorCase gated(String name, Shape image) {
        return OperatorCase.of(name, image, (g, x) -> {
            Node gate = g.activation(SIGMOID, g.adaptiveAveragePool(x, Size.of(1)));
            g.output("y", g.multiply(g.activation(TANH, x), gate));
        });
    }

    private static OperatorCase equal(String name, Shape image) {
        return OperatorCase.of(
                name, image, (g, x) -> g.output("y", g.multiply(x, g.activation(SIGMOID, g.activation(TANH, x)))));
    }

    private static List<OperatorCase> scales() {
        return Stream.of(
                        Shape.of(2, 16, 5, 7),
                        Shape.of(1, 5, 4, 3),
                        Shape.of(3, 24, 1, 1),
                        Shape.of(2, 96, 4, 4),
                        Shape.of(1, 100, 3, 3))
                .map(image -> OperatorCase.of(
                        "layer_scale." + image,
                        image,
                        (g, x) -> g.output("y", g.in("0").layerScale(x, 1))))
                .toList();
    }

    private static List<OperatorCase> shuffles() {
        return List.of(
                shuffle("channel_shuffle.2 of 16", Shape.of(2, 16, 5, 4), 2),
                shuffle("channel_shuffle.2 of 58", Shape.of(2, 58, 4, 3), 2),
                shuffle("channel_shuffle.3 of 24", Shape.of(1, 24, 3, 5), 3),
                shuffle("channel_shuffle.4 of 8", Shape.of(3, 8, 4, 4), 4),
                shuffle("channel_shuffle.4 of 100", Shape.of(2, 100, 3, 3), 4),
                shuffle("channel_shuffle.2 of 64", Shape.of(2, 64, 3, 3), 2),
                shuffle("channel_shuffle.5 of 15, 1x1 maps", Shape.of(4, 15, 1, 1), 5),
                shuffle("channel_shuffle.1 group", Shape.of(2, 16, 3, 4), 1),
                shuffle("channel_shuffle.each channel a group", Shape.of(2, 16, 3, 4), 16),
                OperatorCase.ofAnySize(
                        "channel_shuffle.of any size",
                        Shape.of(2, 40, 5, 6),
                        Conventions.DEFAULT,
                        (g, x) -> g.output("y", g.channelShuffle(x, 4))));
    }

    private static OperatorCase shuffle(String name, Shape image, int groups) {
        return OperatorCase.of(name, image, (g, x) -> g.output("y", g.channelShuffle(x, groups)));
    }

    private static List<OperatorCase> selections() {
        return List.of(
                selection("channel_select.16 of 16", Shape.of(2, 16, 5, 4), 16),
                selection("channel_select.64 of 64", Shape.of(2, 64, 4, 3), 64),
                selection("channel_select.29 of 58", Shape.of(2, 58, 3, 4), 29),
                selection("channel_select.100 of 24", Shape.of(1, 24, 3, 5), 100),
                selection("channel_select.40 of 1", Shape.of(3, 1, 4, 4), 40),
                selection("channel_select.1 of 40", Shape.of(3, 40, 4, 4), 1),
                selection("channel_select.24 of 15, 1x1 maps", Shape.of(4, 15, 1, 1), 24),
                OperatorCase.of(
                        "channel_select.of vectors",
                        Shape.of(3, 40, 2, 3),
                        (g, x) -> g.output("y", g.in("s").channelSelect(g.globalAveragePool(x), 20))),
                OperatorCase.of("channel_select.two of one map", Shape.of(2, 24, 4, 4), (g, x) -> {
                    Node y = g.activation(TANH, x);
                    g.output("a", g.in("a").channelSelect(y, 24));
                    g.output("b", g.in("b").channelSelect(y, 16));
                }),
                OperatorCase.of(
                        "channel_select.of a selection",
                        Shape.of(2, 40, 3, 4),
                        (g, x) ->
                                g.output("y", g.in("b").channelSelect(g.in("a").channelSelect(x, 32), 48))),
                OperatorCase.ofAnySize(
                        "channel_select.of any size",
                        Shape.of(2, 40, 5, 6),
                        Conventions.DEFAULT,
                        (g, x) -> g.output("y", g.in("s").channelSelect(x, 32))));
    }

    private static OperatorCase selection(String name, Shape image, int channels) {
        return OperatorCase.of(name, image, (g, x) -> g.output("y", g.in("s").channelSelect(x, channels)));
    }

    private static List<OperatorCase> slices() {
        return List.of(
                slice("slice.first half of 32", Shape.of(2, 32, 5, 4), 0, 16),
                slice("slice.second half of 32", Shape.of(2, 32, 5, 4), 16, 32),
                slice("slice.first half of 58", Shape.of(2, 58, 3, 4), 0, 29),
                slice("slice.second half of 58", Shape.of(2, 58, 3, 4), 29, 58),
                slice("slice.one of 5", Shape.of(1, 5, 4, 3), 3, 4),
                slice("slice.8 to 20 of 24", Shape.of(3, 24, 3, 3), 8, 20),
                slice("slice.1x1 maps", Shape.of(4, 24, 1, 1), 1, 24),
                slice("slice.of all", Shape.of(2, 16, 3, 4), 0, 16),
                OperatorCase.of(
                        "slice.of a slice",
                        Shape.of(2, 40, 3, 4),
                        (g, x) -> g.output("y", g.slice(g.slice(x, 4, 30), 3, 19))),
                OperatorCase.of("slice.two that overlap", Shape.of(2, 24, 4, 4), (g, x) -> {
                    g.output("a", g.slice(x, 0, 16));
                    g.output("b", g.slice(x, 8, 24));
                }),
                OperatorCase.ofAnySize(
                        "slice.of any size",
                        Shape.of(2, 40, 5, 6),
                        Conventions.DEFAULT,
                        (g, x) -> g.output("y", g.slice(x, 16, 32))));
    }

    private static OperatorCase slice(String name, Shape image, int from, int to) {
        return OperatorCase.of(name, image, (g, x) -> g.output("y", g.slice(x, from, to)));
    }
}
