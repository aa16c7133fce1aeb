package io.vertebra.graph.contract;

import static io.vertebra.graph.op.Activation.Function.GELU;
import static io.vertebra.graph.op.Activation.Function.SIGMOID;
import static io.vertebra.graph.op.Activation.Function.SILU;
import static io.vertebra.graph.op.Activation.Function.TANH;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.Shape;
import java.util.List;
import java.util.stream.Stream;

/** Layer scales and norms of samples beside what engines fold them into, and where they must not. */
final class ScalePatternCases {
    private static final Shape MAP = Shape.of(2, 16, 8, 7);

    private ScalePatternCases() {}

    static List<OperatorCase> all() {
        return Stream.of(scales(), sums(), norms(), convNext())
                .flatMap(List::stream)
                .toList();
    }

    /** Branches that are scaled before they are added. */
    private static List<OperatorCase> sums() {
        return List.of(
                Patterns.block("pattern.conv, scaled add, relu", MAP, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 16).withBias());
                    g.output("y", g.relu(g.scaledAdd(x, 0.2, y)));
                }),
                Patterns.block("pattern.scaled add of the shortcut, relu", MAP, (g, x) -> {
                    Node shortcut = g.relu(g.conv("stem", x, Conv.of(3, 16).withBias()));
                    Node y = g.conv("conv1", g.conv("conv0", shortcut, Conv.of(1, 8)), Conv.of(3, 16));
                    g.output("y", g.relu(g.scaledAdd(y, -0.3, shortcut)));
                }),
                Patterns.block("pattern.blocks with scaled branches", Shape.of(2, 16, 6, 7), (g, x) -> {
                    Node y = g.relu(Patterns.convNorm(g, "0", x, Conv.of(3, 24)));
                    y = g.relu(g.scaledAdd(y, 0.17, branch(g.in(0), y)));
                    y = g.relu(g.scaledAdd(y, 0.17, branch(g.in(1), y)));
                    g.output("y", g.scaledAdd(y, 2, branch(g.in(2), y)));
                }),
                Patterns.block("pattern.blocks with scaled branches of 5 channels", Shape.of(1, 5, 6, 7), (g, x) -> {
                    Node y = g.relu(Patterns.convNorm(g, "0", x, Conv.of(3, 5)));
                    g.output("y", g.relu(g.scaledAdd(y, 0.5, branch(g, y))));
                }),
                Patterns.smooth("pattern.scaled add, sigmoid; the sum is an output too", MAP, (g, x) -> {
                    Node y = g.scaledAdd(g.conv("conv", x, Conv.of(1, 16)), 0.4, x);
                    g.output("sum", y);
                    g.output("y", g.activation(SIGMOID, y));
                }),
                Patterns.smooth("pattern.scaled add, silu", MAP, (g, x) -> {
                    Node y = g.scaledAdd(g.conv("conv", x, Conv.of(1, 16)), 0.4, g.conv("other", x, Conv.of(3, 16)));
                    g.output("y", g.activation(SILU, y));
                }));
    }

    private static Node branch(GraphBuilder g, Node x) {
        Node a = g.activation(TANH, g.batchNorm("bn", g.conv("a", x, Conv.of(1, 8))));
        Node b = g.activation(TANH, g.conv("b", x, Conv.of(3, 8)));
        return g.conv("conv", g.concat(a, b), Conv.of(1, x.channels()).withBias());
    }

    private static List<OperatorCase> scales() {
        return List.of(
                Patterns.smooth(
                        "pattern.conv with bias, scale",
                        MAP,
                        (g, x) -> g.output(
                                "y",
                                scale(g, "0", g.conv("conv", x, Conv.of(3, 24).withBias())))),
                Patterns.smooth(
                        "pattern.conv, scale",
                        Shape.of(1, 3, 6, 5),
                        (g, x) -> g.output("y", scale(g, "0", g.conv("conv", x, Conv.of(3, 5))))),
                Patterns.smooth(
                        "pattern.grouped conv, scale",
                        Shape.of(2, 24, 5, 6),
                        (g, x) -> g.output(
                                "y",
                                scale(
                                        g,
                                        "0",
                                        g.conv(
                                                "conv",
                                                x,
                                                Conv.of(3, 24).groups(4).withBias())))),
                Patterns.smooth(
                        "pattern.depthwise, scale",
                        Shape.of(2, 24, 5, 6),
                        (g, x) -> g.output(
                                "y",
                                scale(
                                        g,
                                        "0",
                                        g.conv(
                                                "conv",
                                                x,
                                                Conv.of(7, 24).groups(24).withBias())))),
                Patterns.smooth(
                        "pattern.conv, norm, scale",
                        MAP,
                        (g, x) -> g.output("y", scale(g, "0", Patterns.convNorm(g, "0", x, Conv.of(3, 16))))),
                Patterns.smooth(
                        "pattern.conv, frozen norm, scale",
                        MAP,
                        Patterns.frozen(),
                        (g, x) -> g.output("y", scale(g, "0", Patterns.convNorm(g, "0", x, Conv.of(3, 16))))),
                Patterns.smooth("pattern.conv, scale, frozen norm", MAP, Patterns.frozen(), (g, x) -> {
                    Node y = scale(g, "0", g.conv("conv", x, Conv.of(3, 16).withBias()));
                    g.output("y", g.batchNorm("bn", y));
                }),
                Patterns.smooth("pattern.conv, scale, silu", MAP, (g, x) -> {
                    Node y = scale(g, "0", g.conv("conv", x, Conv.of(3, 16).withBias()));
                    g.output("y", g.activation(SILU, y));
                }),
                Patterns.smooth("pattern.conv, scale; conv used by another too", MAP, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 16).withBias());
                    g.output("y", g.add(scale(g, "0", y), g.activation(TANH, y)));
                }),
                Patterns.smooth("pattern.conv, scale; conv is an output too", MAP, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 16).withBias());
                    g.output("conv", y);
                    g.output("y", scale(g, "0", y));
                }),
                Patterns.smooth("pattern.two scales of one conv", MAP, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 16).withBias());
                    g.output("a", scale(g, "0", y));
                    g.output("b", scale(g, "1", y));
                }),
                Patterns.smooth("pattern.scale of a scale", MAP, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(1, 16).withBias());
                    g.output("y", scale(g, "1", scale(g, "0", y)));
                }),
                Patterns.smooth("pattern.scale of the picture, conv", MAP, (g, x) -> {
                    Node y = g.conv("conv", scale(g, "0", x), Conv.of(3, 16));
                    g.output("y", g.add(y, x));
                }),
                Patterns.smooth("pattern.conv, silu, scale", MAP, (g, x) -> {
                    Node y = g.activation(SILU, g.conv("conv", x, Conv.of(3, 16)));
                    g.output("y", g.conv("next", scale(g, "0", y), Conv.of(1, 24)));
                }),
                // a factor below 0 does not pass a ReLU
                Patterns.kinked("pattern.conv, relu, scale", MAP, (g, x) -> {
                    Node y = g.relu(g.conv("conv", x, Conv.of(3, 16).withBias()));
                    g.output("y", scale(g, "0", y));
                }),
                Patterns.kinked("pattern.conv, scale, relu", MAP, (g, x) -> {
                    Node y = scale(g, "0", g.conv("conv", x, Conv.of(3, 16).withBias()));
                    g.output("y", g.relu(y));
                }),
                Patterns.smooth("pattern.conv, scale, add", MAP, (g, x) -> {
                    Node y = scale(g, "0", g.conv("conv", x, Conv.of(3, 16).withBias()));
                    g.output("y", g.add(y, x));
                }),
                Patterns.smooth("pattern.add of two scaled", MAP, (g, x) -> {
                    Node a = scale(g, "0", g.conv("a", x, Conv.of(3, 16).withBias()));
                    Node b = scale(g, "1", g.conv("b", x, Conv.of(1, 16)));
                    g.output("y", g.add(a, b));
                }),
                Patterns.smooth("pattern.scale of a sum", MAP, (g, x) -> {
                    Node y = g.add(g.conv("conv", x, Conv.of(3, 16)), x);
                    g.output("y", g.conv("next", scale(g, "0", y), Conv.of(1, 8)));
                }),
                Patterns.smooth("pattern.conv, scale, drop path, add", Shape.of(6, 16, 5, 5), (g, x) -> {
                    Node y = scale(g, "0", g.conv("conv", x, Conv.of(3, 16).withBias()));
                    g.output("y", g.add(g.dropPath(y, 0.4), x));
                }));
    }

    private static List<OperatorCase> norms() {
        return List.of(
                Patterns.smooth("pattern.conv, layer norm, conv", MAP, (g, x) -> {
                    Node y = g.layerNorm("norm", g.conv("conv", x, Conv.of(3, 24)), 1e-6);
                    g.output("y", g.conv("next", y, Conv.of(1, 16)));
                }),
                Patterns.smooth("pattern.layer norm, gelu; both used", MAP, (g, x) -> {
                    Node y = g.layerNorm("norm", x, 1e-6);
                    g.output("y", g.add(g.activation(GELU, y), y));
                }),
                Patterns.smooth("pattern.layer norm of the picture, which is used again", MAP, (g, x) -> {
                    Node y = g.conv("conv", g.layerNorm("norm", x, 1e-6), Conv.of(1, 16));
                    g.output("y", g.add(y, x));
                }),
                Patterns.smooth("pattern.pooled, layer norm, linear", Shape.of(3, 24, 5, 4), (g, x) -> {
                    Node y = g.layerNorm("norm", g.globalAveragePool(x), 1e-6);
                    g.output("y", g.linear("fc", y, 10));
                }),
                Patterns.smooth("pattern.layer norm of 1x1 maps, flatten, linear", Shape.of(3, 24, 1, 1), (g, x) -> {
                    Node y = g.flatten(g.layerNorm("norm", x, 1e-6));
                    g.output("y", g.linear("fc", y, 10));
                }),
                Patterns.kinked("pattern.conv, group norm and relu", MAP, (g, x) -> {
                    Node y = g.groupNorm("norm", g.conv("conv", x, Conv.of(3, 24)), new GroupNorm(8, 1e-5, 1));
                    g.output("y", g.relu(y));
                }),
                Patterns.smooth("pattern.conv with bias, group norm, silu, conv", Shape.of(2, 5, 7, 6), (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 10).withBias());
                    y = g.activation(SILU, g.groupNorm("norm", y, new GroupNorm(2, 1e-5, 1)));
                    g.output("y", g.conv("next", y, Conv.of(1, 16)));
                }),
                Patterns.block("pattern.basic block with group norms", MAP, (g, x) -> {
                    Node y = g.groupNorm("gn0", g.conv("conv0", x, Conv.of(3, 16)), new GroupNorm(16, 1e-5, 1));
                    y = g.conv("conv1", g.relu(y), Conv.of(3, 16));
                    y = g.groupNorm("gn1", y, new GroupNorm(16, 1e-5, 1));
                    g.output("y", g.relu(g.add(y, x)));
                }));
    }

    private static List<OperatorCase> convNext() {
        return List.of(
                Patterns.smooth(
                        "pattern.convnext block",
                        Shape.of(3, 24, 7, 8),
                        (g, x) -> g.output("y", ModernGraphs.convNextBlock(g, x))),
                Patterns.smooth(
                        "pattern.convnext block of 5 channels, batch 1",
                        Shape.of(1, 5, 6, 5),
                        (g, x) -> g.output("y", ModernGraphs.convNextBlock(g, x))),
                Patterns.smooth("pattern.convnext blocks with a reduction", Shape.of(2, 16, 8, 8), (g, x) -> {
                    Node y = ModernGraphs.convNextBlock(g.in(0), x);
                    g.output("pyramid.1", y);
                    y = g.layerNorm("downsample.0", y, 1e-6);
                    y = g.conv("downsample.1", y, ModernGraphs.patches(2, 32));
                    g.output("pyramid.2", ModernGraphs.convNextBlock(g.in(1), y));
                }),
                Patterns.smooth("pattern.convnext stem", Shape.of(2, 3, 16, 12), (g, x) -> {
                    g.output("y", g.layerNorm("norm", g.conv("conv", x, ModernGraphs.patches(4, 24)), 1e-6));
                }));
    }

    private static Node scale(GraphBuilder g, String name, Node x) {
        return g.in("scale" + name).layerScale(x, 1);
    }
}
