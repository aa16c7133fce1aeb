package io.vertebra.graph.contract;

import static io.vertebra.graph.op.Activation.Function.GELU;
import static io.vertebra.graph.op.Activation.Function.HARD_SIGMOID;
import static io.vertebra.graph.op.Activation.Function.HARD_SWISH;
import static io.vertebra.graph.op.Activation.Function.RELU;
import static io.vertebra.graph.op.Activation.Function.SIGMOID;
import static io.vertebra.graph.op.Activation.Function.SILU;
import static io.vertebra.graph.op.Activation.Function.TANH;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The newer activations behind what engines fuse them with, and squeeze-and-excitation. */
final class GatePatternCases {
    private static final Shape MAP = Shape.of(2, 16, 8, 7);

    private GatePatternCases() {}

    static List<OperatorCase> all() {
        List<OperatorCase> cases = new ArrayList<>();
        cases.addAll(fused(GELU));
        fused(HARD_SWISH).forEach(c -> cases.add(turned(c)));
        fused(HARD_SIGMOID).forEach(c -> cases.add(turned(c)));
        cases.addAll(excited());
        cases.addAll(blocks());
        return cases;
    }

    private static List<OperatorCase> fused(Function function) {
        String f = function.name().toLowerCase(Locale.ROOT);
        return List.of(
                Patterns.smooth(
                        "pattern.conv, norm, " + f,
                        MAP,
                        (g, x) -> g.output("y", g.activation(function, convNorm(g, "0", x, Conv.of(3, 24))))),
                Patterns.smooth(
                        "pattern.conv, frozen norm, " + f,
                        MAP,
                        Patterns.frozen(),
                        (g, x) -> g.output("y", g.activation(function, convNorm(g, "0", x, Conv.of(3, 24))))),
                Patterns.smooth(
                        "pattern.conv, " + f + " of 5 channels",
                        Shape.of(1, 3, 7, 6),
                        (g, x) -> g.output(
                                "y",
                                g.activation(
                                        function,
                                        g.conv("conv", x, Conv.of(3, 5).withBias())))),
                Patterns.smooth("pattern.1x1, " + f + ", 1x1", MAP, (g, x) -> {
                    Node y = g.conv("a", x, Conv.of(1, 24).withBias());
                    g.output("y", g.conv("b", g.activation(function, y), Conv.of(1, 16)));
                }),
                Patterns.smooth("pattern.depthwise, " + f, Shape.of(2, 24, 5, 6), (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 24).groups(24).withBias());
                    g.output("y", g.activation(function, y));
                }),
                Patterns.smooth("pattern.1x1, " + f + " as logits", MAP, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(1, 5).withBias());
                    Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY, MAP.h(), MAP.w()));
                    g.output("loss", g.apply(DenseGraphs.PIXELS, g.activation(function, y), labels));
                }),
                Patterns.smooth("pattern.norm, " + f + ", conv", MAP, (g, x) -> {
                    Node y = g.activation(function, g.batchNorm("bn", x));
                    g.output("y", g.conv("conv", y, Conv.of(3, 24)));
                }),
                Patterns.smooth("pattern.depthwise, norm, " + f + ", 1x1", Shape.of(2, 24, 8, 7), (g, x) -> {
                    Node y = convNorm(g, "0", x, Conv.of(5, 24).groups(24));
                    g.output("y", g.conv("conv", g.activation(function, y), Conv.of(1, 16)));
                }),
                Patterns.smooth("pattern.linear, " + f + ", linear", Shape.of(4, 12, 1, 1), (g, x) -> {
                    Node y = g.activation(function, g.linear("fc1", g.flatten(x), 24));
                    g.output("y", g.linear("fc2", y, 5));
                }),
                Patterns.smooth("pattern.conv, " + f + ", and conv used again", MAP, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 16));
                    g.output("y", g.add(g.activation(function, y), y));
                }),
                Patterns.smooth("pattern." + f + " used three times", MAP, (g, x) -> {
                    Node y = g.activation(function, convNorm(g, "0", x, Conv.of(3, 16)));
                    g.output("y", y);
                    g.output("z", g.add(g.conv("next", y, Conv.of(1, 16)), y));
                }),
                Patterns.smooth("pattern.conv, add, " + f, MAP, (g, x) -> {
                    Node y = g.add(convNorm(g, "0", x, Conv.of(3, 16)), x);
                    g.output("y", g.conv("next", g.activation(function, y), Conv.of(1, 8)));
                }));
    }

    private static OperatorCase turned(OperatorCase one) {
        String reason =
                "rounding takes some values over a kink: 0.088 measured with values rounded and gradients exact";
        return one.within(Precision.BF16, 2e-2, 0.2, reason);
    }

    private static List<OperatorCase> excited() {
        return List.of(
                excited("relu, sigmoid", Shape.of(2, 32, 6, 5), RELU, SIGMOID),
                excited("silu, sigmoid", Shape.of(3, 24, 5, 4), SILU, SIGMOID),
                excited("relu, hard sigmoid", Shape.of(2, 40, 4, 7), RELU, HARD_SIGMOID),
                excited("gelu, sigmoid of 5 channels", Shape.of(2, 5, 4, 3), GELU, SIGMOID),
                excited("silu, hard sigmoid, batch 1", Shape.of(1, 72, 7, 7), SILU, HARD_SIGMOID),
                Patterns.smooth("pattern.excited, and the map used again", MAP, (g, x) -> {
                    Node y = g.activation(SILU, g.conv("conv", x, Conv.of(3, 24)));
                    Node z = ModernGraphs.squeezeExcite(g, y, 8, SILU, SIGMOID);
                    g.output("y", g.add(g.conv("next", z, Conv.of(1, 24)), y));
                }),
                Patterns.smooth("pattern.gate that is an output too", MAP, (g, x) -> {
                    Node y = ModernGraphs.squeezeExcite(g, x, 8, SILU, SIGMOID);
                    g.output("gate", y.inputs().get(1));
                    g.output("y", y);
                }),
                Patterns.smooth("pattern.one gate for two sizes", MAP, (g, x) -> {
                    Node gate =
                            g.activation(SIGMOID, g.conv("gate", g.adaptiveAveragePool(x, Size.of(1)), Conv.of(1, 24)));
                    g.output("a", g.multiply(g.conv("a", x, Conv.of(3, 24)), gate));
                    g.output("b", g.multiply(g.conv("b", x, Conv.of(3, 24).stride(2)), gate));
                }),
                Patterns.smooth("pattern.conv gated by its own mean", MAP, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 24));
                    g.output("y", g.multiply(y, g.adaptiveAveragePool(y, Size.of(1))));
                }),
                Patterns.smooth("pattern.square of a conv", MAP, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 24));
                    g.output("y", g.multiply(y, y));
                }),
                Patterns.smooth("pattern.map gated by a conv of it", MAP, (g, x) -> {
                    Node gate = g.activation(
                            SIGMOID, g.conv("gate", x, Conv.of(3, 16).withBias()));
                    g.output("y", g.multiply(g.conv("conv", x, Conv.of(3, 16)), gate));
                }),
                Patterns.smooth("pattern.gate first, 1x1 maps", Shape.of(4, 24, 1, 1), (g, x) -> {
                    Node gate = g.activation(SIGMOID, g.conv("gate", x, Conv.of(1, 24)));
                    g.output("y", g.multiply(gate, g.activation(TANH, x)));
                }));
    }

    private static OperatorCase excited(String with, Shape image, Function inner, Function gate) {
        return Patterns.smooth("pattern.excited, " + with, image, (g, x) -> {
            Node y = convNorm(g, "0", x, Conv.of(3, image.c()));
            g.output("y", ModernGraphs.squeezeExcite(g.in("se"), y, 8, inner, gate));
        });
    }

    private static List<OperatorCase> blocks() {
        return List.of(
                turned(Patterns.smooth("pattern.mobile block", Shape.of(3, 24, 7, 6), (g, x) -> {
                    g.output("y", ModernGraphs.mobileBlock(g, x, 72, 24, 1, HARD_SWISH, HARD_SIGMOID));
                })),
                Patterns.smooth(
                        "pattern.mobile block, stride 2",
                        Shape.of(2, 16, 9, 8),
                        (g, x) -> g.output("y", ModernGraphs.mobileBlock(g, x, 48, 40, 2, SILU, SIGMOID))),
                Patterns.smooth("pattern.two mobile blocks", Shape.of(2, 16, 8, 8), (g, x) -> {
                            Node y = ModernGraphs.mobileBlock(g.in(0), x, 32, 16, 1, SILU, SIGMOID);
                            g.output("y", ModernGraphs.mobileBlock(g.in(1), y, 32, 16, 1, SILU, SIGMOID));
                        })
                        .within(
                                Precision.BF16,
                                2e-2,
                                6e-2,
                                "a dozen roundings in a row: 0.024 measured, gradients exact"),
                Patterns.block("pattern.excited residual block", Shape.of(2, 24, 7, 6), (g, x) -> {
                    Node y = g.relu(convNorm(g, "0", x, Conv.of(3, 24)));
                    y = convNorm(g, "1", y, Conv.of(3, 24));
                    y = ModernGraphs.squeezeExcite(g.in("se"), y, 8, RELU, SIGMOID);
                    g.output("y", g.relu(g.add(y, x)));
                }));
    }

    private static Node convNorm(GraphBuilder g, String name, Node x, Conv conv) {
        return Patterns.convNorm(g, name, x, conv);
    }
}
