package io.vertebra.graph.contract;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.List;
import java.util.function.BiConsumer;

/** Convolutions and linear layers. */
final class ConvolutionCases {
    private ConvolutionCases() {}

    static List<OperatorCase> all() {
        return List.of(
                conv("conv.1x1", Shape.of(2, 16, 7, 7), Conv.of(1, 32)),
                conv(
                        "conv.1x1 of one cell",
                        Shape.of(3, 24, 1, 1),
                        Conv.of(1, 10).withBias()),
                conv("conv.1x1 stride 2", Shape.of(2, 32, 8, 9), Conv.of(1, 16).stride(2)),
                conv(
                        "conv.1x1 of 3 and 5 channels",
                        Shape.of(1, 3, 5, 4),
                        Conv.of(1, 5).withBias()),
                conv("conv.3x3", Shape.of(2, 16, 8, 8), Conv.of(3, 16)),
                conv("conv.3x3 with bias", Shape.of(1, 5, 9, 7), Conv.of(3, 3).withBias()),
                conv("conv.3x3 of 24 and 100 channels", Shape.of(2, 24, 6, 5), Conv.of(3, 100)),
                conv(
                        "conv.3x3 of 100 and 24 channels",
                        Shape.of(1, 100, 5, 6),
                        Conv.of(3, 24).withBias()),
                conv("conv.3x3 of 1 channel", Shape.of(4, 1, 12, 12), Conv.of(3, 16)),
                conv(
                        "conv.3x3 to 1 channel",
                        Shape.of(2, 16, 7, 9),
                        Conv.of(3, 1).withBias()),
                conv("conv.3x3 stride 2", Shape.of(2, 16, 9, 8), Conv.of(3, 32).stride(2)),
                conv(
                        "conv.3x3 stride 2 of one cell",
                        Shape.of(4, 32, 1, 1),
                        Conv.of(3, 32).stride(2)),
                conv("conv.3x3 stride 3", Shape.of(1, 8, 11, 10), Conv.of(3, 8).stride(3)),
                conv(
                        "conv.3x3 without padding",
                        Shape.of(2, 6, 5, 7),
                        Conv.of(3, 4).padding(Padding.none())),
                conv("conv.3x3 padding 2", Shape.of(1, 16, 5, 5), Conv.of(3, 16).padding(Padding.of(2))),
                conv("conv.5x5", Shape.of(2, 8, 9, 9), Conv.of(5, 12)),
                conv(
                        "conv.7x7 stride 2 of pictures",
                        Shape.of(2, 3, 21, 18),
                        Conv.of(7, 16).stride(2)),
                conv(
                        "conv.2x2 stride 2",
                        Shape.of(2, 16, 8, 6),
                        Conv.of(2, 24).stride(2).padding(Padding.none())),
                conv(
                        "conv.4x4 stride 4",
                        Shape.of(2, 3, 16, 12),
                        Conv.of(4, 32).stride(4).padding(Padding.none())),
                conv("conv.1x7", Shape.of(2, 16, 8, 9), Conv.of(new Size(1, 7), 16)),
                conv("conv.7x1", Shape.of(2, 16, 9, 8), Conv.of(new Size(7, 1), 24)),
                conv(
                        "conv.3x5",
                        Shape.of(1, 5, 8, 9),
                        Conv.of(new Size(3, 5), 7).stride(2)),
                conv(
                        "conv.3x3 stride 2, all four paddings differ",
                        Shape.of(2, 16, 8, 7),
                        Conv.of(3, 16).stride(2).padding(new Padding.Explicit(0, 1, 2, 0))),
                conv(
                        "conv.3x3 stride 2, padded below and behind",
                        Shape.of(2, 3, 8, 8),
                        Conv.of(3, 16).stride(2).padding(new Padding.Explicit(0, 0, 1, 1))),
                rectangular(),
                same(
                        "conv.3x3 same stride 2, even",
                        Shape.of(2, 16, 8, 10),
                        Conv.of(3, 16).stride(2)),
                same(
                        "conv.3x3 same stride 2, odd",
                        Shape.of(2, 16, 9, 7),
                        Conv.of(3, 16).stride(2)),
                same("conv.4x4 same", Shape.of(1, 8, 7, 8), Conv.of(4, 8)),
                same(
                        "conv.1x1 same stride 2",
                        Shape.of(1, 16, 7, 8),
                        Conv.of(1, 8).stride(2)),
                same(
                        "conv.3x3 same dilation 2",
                        Shape.of(1, 16, 7, 8),
                        Conv.of(3, 8).dilation(2)),
                same(
                        "conv.depthwise same stride 2",
                        Shape.of(2, 24, 8, 7),
                        Conv.of(3, 24).stride(2).groups(24)),
                conv("conv.dilation 2", Shape.of(2, 16, 9, 8), Conv.of(3, 16).dilation(2)),
                conv(
                        "conv.dilation 4, stride 2",
                        Shape.of(1, 16, 13, 12),
                        Conv.of(3, 8).dilation(4).stride(2)),
                conv("conv.dilation 12", Shape.of(1, 16, 14, 13), Conv.of(3, 16).dilation(12)),
                conv(
                        "conv.dilation 18 larger than the map",
                        Shape.of(1, 8, 9, 11),
                        Conv.of(3, 8).dilation(18)),
                conv(
                        "conv.depthwise dilation 12",
                        Shape.of(1, 24, 15, 14),
                        Conv.of(3, 24).dilation(12).groups(24)),
                conv("conv.groups 3", Shape.of(2, 24, 7, 6), Conv.of(3, 36).groups(3)),
                conv(
                        "conv.groups 3 of 5 and 7 channels",
                        Shape.of(2, 15, 6, 7),
                        Conv.of(3, 21).groups(3).withBias()),
                conv("conv.groups of 4", Shape.of(2, 128, 6, 6), Conv.of(3, 128).groups(32)),
                conv(
                        "conv.groups of 8, stride 2",
                        Shape.of(1, 64, 7, 8),
                        Conv.of(3, 64).groups(8).stride(2)),
                conv("conv.groups of 16", Shape.of(1, 64, 6, 6), Conv.of(3, 64).groups(4)),
                conv("conv.1x1 groups 2", Shape.of(2, 32, 5, 6), Conv.of(1, 64).groups(2)),
                conv("conv.depthwise", Shape.of(2, 32, 8, 7), Conv.of(3, 32).groups(32)),
                conv(
                        "conv.depthwise of 5 channels",
                        Shape.of(2, 5, 6, 6),
                        Conv.of(3, 5).groups(5).withBias()),
                conv(
                        "conv.depthwise of 100 channels, stride 2",
                        Shape.of(1, 100, 9, 8),
                        Conv.of(3, 100).groups(100).stride(2)),
                conv("conv.depthwise 5x5", Shape.of(2, 24, 9, 9), Conv.of(5, 24).groups(24)),
                conv(
                        "conv.depthwise 7x7",
                        Shape.of(1, 16, 9, 10),
                        Conv.of(7, 16).groups(16).withBias()),
                conv(
                        "conv.depthwise multiplier 2",
                        Shape.of(2, 8, 7, 7),
                        Conv.of(3, 16).groups(8)),
                conv(
                        "conv.depthwise multiplier 3 of 5 channels",
                        Shape.of(1, 5, 7, 8),
                        Conv.of(3, 15).groups(5).withBias()),
                linear("linear", Shape.of(3, 20, 1, 1), 10),
                linear("linear of 100 and 1000", Shape.of(2, 100, 1, 1), 1000),
                linear("linear of one", Shape.of(1, 5, 1, 1), 1),
                linear("linear over a map", Shape.of(2, 6, 5, 3), 7),
                OperatorCase.of(
                        "linear without bias",
                        Shape.of(4, 24, 1, 1),
                        (g, x) -> g.output(
                                "y",
                                g.named(
                                        "fc",
                                        new io.vertebra.graph.op.Linear(5, false, Initializer.zeros()),
                                        g.flatten(x)))));
    }

    private static OperatorCase rectangular() {
        Convolution op = new Convolution(
                9,
                new Size(3, 2),
                new Size(2, 1),
                new Padding.Explicit(1, 0, 2, 3),
                new Size(1, 3),
                3,
                true,
                Initializer.zeros());
        return OperatorCase.of(
                "conv.height and width differ in all",
                Shape.of(2, 6, 10, 7),
                (g, x) -> g.output("y", g.named("conv", op, x)));
    }

    private static OperatorCase conv(String name, Shape image, Conv conv) {
        return OperatorCase.of(name, image, one(conv));
    }

    private static OperatorCase same(String name, Shape image, Conv conv) {
        return OperatorCase.ofAnySize(name, image, new Conventions(true, null, false), one(conv));
    }

    private static BiConsumer<GraphBuilder, Node> one(Conv conv) {
        return (g, x) -> g.output("y", g.conv("conv", x, conv));
    }

    private static OperatorCase linear(String name, Shape image, int out) {
        return OperatorCase.of(name, image, (g, x) -> g.output("y", g.linear("fc", g.flatten(x), out)));
    }
}
