package io.vertebra.graph.contract;

import static io.vertebra.graph.op.Activation.Function.SIGMOID;
import static io.vertebra.graph.op.Activation.Function.SILU;
import static io.vertebra.graph.op.Activation.Function.TANH;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Pad;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.List;
import java.util.stream.Stream;

/** Operators side by side as networks have them: what compilers fold, fuse and put in place, and where that is wrong. */
final class PatternCases {
    private static final Shape MAP = Shape.of(2, 16, 8, 7);

    private PatternCases() {}

    static List<OperatorCase> all() {
        return Stream.of(fused(), used(), blocks(), heads())
                .flatMap(List::stream)
                .toList();
    }

    private static List<OperatorCase> fused() {
        return List.of(
                Patterns.smooth(
                        "pattern.conv, norm",
                        MAP,
                        (g, x) -> g.output("y", Patterns.convNorm(g, "0", x, Conv.of(3, 24)))),
                Patterns.smooth(
                        "pattern.conv with bias, frozen norm",
                        Shape.of(2, 5, 6, 6),
                        Patterns.frozen(),
                        (g, x) -> g.output(
                                "y", Patterns.convNorm(g, "0", x, Conv.of(3, 16).withBias()))),
                Patterns.kinked(
                        "pattern.conv, norm and relu",
                        MAP,
                        (g, x) -> g.output("y", g.relu(Patterns.convNorm(g, "0", x, Conv.of(3, 32))))),
                Patterns.kinked(
                        "pattern.conv, norm, relu of 5 channels",
                        Shape.of(3, 3, 7, 6),
                        (g, x) -> g.output("y", g.relu(Patterns.convNorm(g, "0", x, Conv.of(3, 5))))),
                Patterns.kinked(
                        "pattern.conv, norm, relu6",
                        MAP,
                        (g, x) -> g.output("y", g.relu6(Patterns.convNorm(g, "0", x, Conv.of(3, 24))))),
                Patterns.smooth(
                        "pattern.conv, norm, silu",
                        MAP,
                        (g, x) -> g.output("y", g.activation(SILU, Patterns.convNorm(g, "0", x, Conv.of(3, 24))))),
                Patterns.kinked(
                        "pattern.conv, relu",
                        MAP,
                        (g, x) -> g.output(
                                "y", g.relu(g.conv("conv", x, Conv.of(3, 24).withBias())))),
                Patterns.kinked(
                        "pattern.conv, relu6",
                        MAP,
                        (g, x) -> g.output(
                                "y", g.relu6(g.conv("conv", x, Conv.of(3, 24).withBias())))),
                Patterns.smooth(
                        "pattern.conv, sigmoid",
                        MAP,
                        (g, x) -> g.output("y", g.activation(SIGMOID, g.conv("conv", x, Conv.of(1, 24))))),
                Patterns.kinked("pattern.norm, relu", MAP, (g, x) -> g.output("y", g.relu(g.batchNorm("bn", x)))),
                Patterns.kinked(
                        "pattern.norm, relu, conv",
                        MAP,
                        (g, x) -> g.output("y", g.conv("conv", g.relu(g.batchNorm("bn", x)), Conv.of(3, 24)))),
                Patterns.kinked(
                        "pattern.frozen norm, relu",
                        MAP,
                        Patterns.frozen(),
                        (g, x) -> g.output("y", g.relu(Patterns.convNorm(g, "0", x, Conv.of(3, 24))))),
                Patterns.kinked(
                        "pattern.depthwise, norm, relu6, 1x1",
                        Shape.of(2, 24, 8, 7),
                        (g, x) -> g.output(
                                "y",
                                g.conv(
                                        "conv",
                                        g.relu6(Patterns.convNorm(
                                                g, "0", x, Conv.of(3, 24).groups(24))),
                                        Conv.of(1, 16)))),
                Patterns.kinked(
                        "pattern.linear, relu, linear",
                        Shape.of(4, 12, 1, 1),
                        (g, x) -> g.output("y", g.linear("fc2", g.relu(g.linear("fc1", g.flatten(x), 24)), 5))));
    }

    private static List<OperatorCase> used() {
        return List.of(
                Patterns.smooth("pattern.conv used twice", MAP, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 16));
                    g.output("y", g.add(g.activation(TANH, y), y));
                }),
                Patterns.smooth("pattern.conv, norm; conv used by another too", MAP, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 16));
                    g.output("y", g.add(g.batchNorm("bn", y), y));
                }),
                Patterns.smooth("pattern.conv, norm; conv is an output too", MAP, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 16));
                    g.output("conv", y);
                    g.output("y", g.batchNorm("bn", y));
                }),
                Patterns.kinked("pattern.relu used twice", MAP, (g, x) -> {
                    Node y = g.relu(g.conv("conv", x, Conv.of(3, 16)));
                    g.output("y", g.add(g.conv("next", y, Conv.of(3, 16)), y));
                }),
                Patterns.kinked("pattern.relu and what it takes both used", MAP, (g, x) -> {
                    Node y = g.batchNorm("bn", g.conv("conv", x, Conv.of(3, 16)));
                    g.output("y", g.add(g.relu(y), y));
                }),
                Patterns.kinked("pattern.relu, and its input is an output", MAP, (g, x) -> {
                    Node y = Patterns.convNorm(g, "0", x, Conv.of(3, 16));
                    g.output("before", y);
                    g.output("y", g.conv("next", g.relu(y), Conv.of(1, 8)));
                }),
                Patterns.kinked(
                        "pattern.relu of the picture, which is used again",
                        MAP,
                        (g, x) -> g.output("y", g.add(g.relu(x), g.conv("conv", x, Conv.of(3, 16))))),
                Patterns.kinked("pattern.relu of relu", MAP, (g, x) -> g.output("y", g.relu(g.relu(x)))),
                Patterns.smooth("pattern.used three times", MAP, (g, x) -> {
                    Node y = g.activation(SILU, g.conv("conv", x, Conv.of(3, 16)));
                    Node a = g.conv("a", y, Conv.of(1, 24));
                    Node b = g.conv("b", y, Conv.of(3, 24));
                    g.output(
                            "y",
                            g.add(g.add(a, b), g.conv("c", y, Conv.of(3, 24).dilation(2))));
                }),
                Patterns.smooth("pattern.output that is an input of others", MAP, (g, x) -> {
                    Node y = g.activation(SILU, Patterns.convNorm(g, "0", x, Conv.of(3, 16)));
                    g.output("pyramid.0", y);
                    Node z = g.activation(
                            SILU, Patterns.convNorm(g, "1", y, Conv.of(3, 24).stride(2)));
                    g.output("pyramid.1", z);
                    g.output("logits", g.linear("fc", g.globalAveragePool(z), 10));
                }),
                Patterns.smooth("pattern.one node under two names", MAP, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 5));
                    g.output("a", y);
                    g.output("b", y);
                }),
                Patterns.smooth("pattern.the picture as an output", MAP, (g, x) -> {
                    g.output("picture", x);
                    g.output("y", g.conv("conv", x, Conv.of(3, 5)));
                }),
                Patterns.smooth("pattern.two heads", MAP, (g, x) -> {
                    Node y = g.activation(SILU, g.conv("conv", x, Conv.of(3, 24)));
                    g.output("a", g.conv("a", y, Conv.of(1, 5).withBias()));
                    g.output("b", g.linear("b", g.globalAveragePool(y), 7));
                }),
                Patterns.smooth("pattern.add of a conv to itself", MAP, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 16));
                    g.output("y", g.add(y, y));
                }),
                Patterns.smooth("pattern.sum of two convs, one of them used again", MAP, (g, x) -> {
                    Node a = g.conv("a", x, Conv.of(3, 16));
                    Node b = g.conv("b", x, Conv.of(1, 16));
                    Node sum = g.add(a, b);
                    g.output("y", g.concat(sum, a));
                }));
    }

    private static List<OperatorCase> blocks() {
        return List.of(
                Patterns.block("pattern.conv, add, relu", MAP, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 16).withBias());
                    g.output("y", g.relu(g.add(y, x)));
                }),
                Patterns.block("pattern.add, relu with the branch second", MAP, (g, x) -> {
                    Node y = Patterns.convNorm(g, "0", x, Conv.of(3, 16));
                    g.output("y", g.relu(g.add(x, y)));
                }),
                Patterns.block("pattern.basic block", MAP, PatternCases::basicBlock),
                Patterns.block("pattern.basic block, frozen", MAP, Patterns.frozen(), PatternCases::basicBlock),
                Patterns.block("pattern.block with a projection", MAP, (g, x) -> {
                    Node y = g.relu(Patterns.convNorm(g, "0", x, Conv.of(1, 8)));
                    y = g.relu(Patterns.convNorm(g, "1", y, Conv.of(3, 8).stride(2)));
                    y = Patterns.convNorm(g, "2", y, Conv.of(1, 32));
                    Node shortcut =
                            Patterns.convNorm(g, "downsample", x, Conv.of(1, 32).stride(2));
                    g.output("y", g.relu(g.add(y, shortcut)));
                }),
                Patterns.block("pattern.block with padded shortcut", MAP, (g, x) -> {
                    Node y = g.relu(Patterns.convNorm(g, "0", x, Conv.of(3, 32).stride(2)));
                    y = Patterns.convNorm(g, "1", y, Conv.of(3, 32));
                    var every = new AveragePool(Size.of(1), Size.of(2), Padding.none(), false, true);
                    Node shortcut = g.pad(g.averagePool(x, every), new Pad(8, 8, Padding.none()));
                    g.output("y", g.relu(g.add(y, shortcut)));
                }),
                Patterns.block("pattern.inverted residual", Shape.of(2, 24, 7, 8), (g, x) -> {
                    Node y = g.relu6(Patterns.convNorm(g, "0", x, Conv.of(1, 48)));
                    y = g.relu6(Patterns.convNorm(g, "1", y, Conv.of(3, 48).groups(48)));
                    g.output("y", g.add(x, Patterns.convNorm(g, "2", y, Conv.of(1, 24))));
                }),
                Patterns.block("pattern.fire module", Shape.of(2, 24, 7, 7), (g, x) -> {
                    Node squeezed = g.relu(g.conv("squeeze", x, Conv.of(1, 8).withBias()));
                    Node a = g.relu(g.conv("expand1x1", squeezed, Conv.of(1, 16).withBias()));
                    Node b = g.relu(g.conv("expand3x3", squeezed, Conv.of(3, 16).withBias()));
                    g.output("y", g.conv("next", g.concat(a, b), Conv.of(1, 8)));
                }),
                Patterns.smooth("pattern.concat of convs of 5, 16 and 3 channels", MAP, (g, x) -> {
                    Node a = g.conv("a", x, Conv.of(1, 5));
                    Node b = g.conv("b", x, Conv.of(3, 16));
                    Node c = g.conv("c", x, Conv.of(3, 3).dilation(2));
                    g.output("y", g.conv("next", g.concat(a, b, c), Conv.of(1, 8)));
                }),
                Patterns.smooth("pattern.dense block", MAP, (g, x) -> {
                    Node a = g.concat(x, g.conv("0", g.activation(SILU, g.batchNorm("n0", x)), Conv.of(3, 12)));
                    Node b = g.concat(a, g.conv("1", g.activation(SILU, g.batchNorm("n1", a)), Conv.of(3, 12)));
                    g.output("y", g.batchNorm("n2", b));
                }),
                Patterns.pooled("pattern.stem", Shape.of(2, 3, 22, 19), (g, x) -> {
                    Node y = g.relu(Patterns.convNorm(g, "1", x, Conv.of(7, 16).stride(2)));
                    g.output("pyramid.0", y);
                    g.output("y", g.maxPool(y, 3, 2, 1));
                }),
                Patterns.block("pattern.drop path in a residual block", Shape.of(6, 16, 5, 5), (g, x) -> {
                    Node y = g.relu(Patterns.convNorm(g, "0", x, Conv.of(3, 16)));
                    g.output("y", g.add(x, g.dropPath(Patterns.convNorm(g, "1", y, Conv.of(3, 16)), 0.5)));
                }));
    }

    private static List<OperatorCase> heads() {
        return List.of(
                Patterns.smooth("pattern.flatten of a map, linear", Shape.of(2, 5, 4, 6), (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 24));
                    g.output("y", g.linear("fc", g.flatten(y), 9));
                }),
                Patterns.smooth("pattern.uneven grid, flatten, linear", Shape.of(2, 8, 7, 5), (g, x) -> {
                    Node y = g.activation(SILU, g.conv("conv", x, Conv.of(3, 16)));
                    g.output("y", g.linear("fc", g.flatten(g.adaptiveAveragePool(y, new Size(3, 2))), 9));
                }),
                Patterns.smooth(
                        "pattern.dropout, linear",
                        Shape.of(4, 24, 5, 5),
                        (g, x) -> g.output("y", g.linear("fc", g.dropout(g.globalAveragePool(x), 0.5), 10))),
                Patterns.smooth(
                        "pattern.dropout of maps, conv",
                        MAP,
                        (g, x) -> g.output(
                                "y",
                                g.conv("conv", g.dropout(x, 0.3), Conv.of(1, 10).withBias()))),
                Patterns.smooth("pattern.classifier with loss", Shape.of(4, 3, 8, 8), (g, x) -> {
                    Node y = g.activation(
                            SILU, Patterns.convNorm(g, "0", x, Conv.of(3, 16).stride(2)));
                    Node logits = g.linear("fc", g.globalAveragePool(y), 5);
                    Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
                    g.output("logits", logits);
                    g.output("loss", g.softmaxCrossEntropy(logits, labels, loss()));
                }),
                Patterns.smooth("pattern.conv, loss over the map", Shape.of(2, 6, 7, 5), (g, x) -> {
                    Node logits = g.conv("conv", x, Conv.of(1, 4).withBias());
                    Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY, 7, 5));
                    g.output("loss", g.softmaxCrossEntropy(logits, labels, loss()));
                }));
    }

    private static void basicBlock(GraphBuilder g, Node x) {
        Node y = g.relu(Patterns.convNorm(g, "0", x, Conv.of(3, 16)));
        y = g.relu(g.add(Patterns.convNorm(g, "1", y, Conv.of(3, 16)), x));
        g.output("y", g.conv("next", y, Conv.of(1, 24)));
    }

    private static SoftmaxCrossEntropy loss() {
        return new SoftmaxCrossEntropy(0.1, SoftmaxCrossEntropy.IGNORE);
    }
}
