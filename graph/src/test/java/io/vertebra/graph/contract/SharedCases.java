package io.vertebra.graph.contract;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Resize.Filter;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** Nodes that share their parameters: the gradient of each is the sum over its nodes. */
final class SharedCases {
    private static final Shape IMAGE = Shape.of(2, 8, 9, 10);

    private static final AveragePool HALF = new AveragePool(Size.of(2), Size.of(2), Padding.none(), false, true);

    private SharedCases() {}

    static List<OperatorCase> all() {
        return List.of(
                OperatorCase.of("shared.head of three levels", Shape.of(2, 8, 16, 20), (g, x) -> head(g, levels(g, x))),
                OperatorCase.ofAnySize(
                        "shared.head of three levels of any size",
                        Shape.of(2, 8, 17, 13),
                        Conventions.DEFAULT,
                        (g, x) -> head(g, levels(g, x))),
                OperatorCase.of("shared.linear, one on the other", Shape.of(3, 12, 1, 1), (g, x) -> {
                    Node fc = g.linear("fc", g.flatten(x), 12);
                    g.output("y", g.again(fc, g.activation(Function.TANH, fc)));
                    g.output("first", fc);
                }),
                OperatorCase.of("shared.linear of other rows", Shape.of(3, 10, 4, 5), (g, x) -> {
                    Node fc = g.linear("fc", g.globalAveragePool(x), 7);
                    Node again = g.again(fc, g.flatten(g.maxPool(x, 4, 5, 0)));
                    g.output("y", fc);
                    g.output("z", again);
                }),
                twice("shared.conv 3x3", (g, x) -> g.conv("conv", x, Conv.of(3, 8))),
                twice(
                        "shared.conv 3x3 with bias",
                        (g, x) -> g.conv("conv", x, Conv.of(3, 8).withBias())),
                twice(
                        "shared.conv 1x1 with bias",
                        (g, x) -> g.conv("conv", x, Conv.of(1, 8).withBias())),
                twice(
                        "shared.depthwise",
                        (g, x) -> g.conv("conv", x, Conv.of(3, 8).groups(8).withBias())),
                twice("shared.groups", (g, x) -> g.conv("conv", x, Conv.of(3, 8).groups(2))),
                twice(
                        "shared.dilated",
                        (g, x) -> g.conv("conv", x, Conv.of(3, 8).dilation(2).withBias())),
                twice("shared.batch norm", (g, x) -> g.batchNorm("bn", x)),
                twice("shared.layer norm", (g, x) -> g.layerNorm("norm", x, 1e-5)),
                twice("shared.group norm", (g, x) -> g.groupNorm("norm", x, new GroupNorm(2, 1e-5, 1))),
                twice("shared.layer scale", (g, x) -> g.layerScale(x, 0.5)),
                twice("shared.l2 norm", (g, x) -> g.l2Norm(x, 5)),
                OperatorCase.of("shared.conv on the same picture", IMAGE, (g, x) -> {
                    Node conv = g.conv("conv", x, Conv.of(3, 8).withBias());
                    g.output("y", g.add(g.activation(Function.TANH, conv), g.again(conv, x)));
                }),
                OperatorCase.of("shared.conv and norm", IMAGE, (g, x) -> {
                    Node conv = g.conv("conv", x, Conv.of(3, 8));
                    Node norm = g.batchNorm("bn", conv);
                    Node y = g.activation(
                            Function.TANH, norm); // a ReLU would be another one in bf16 for what is next to 0
                    g.output("y", g.again(norm, g.again(conv, y)));
                }),
                OperatorCase.of("shared.conv, norms of their own", IMAGE, (g, x) -> {
                    Node conv = g.conv("conv", x, Conv.of(3, 8));
                    Node y = g.relu(g.batchNorm("bn0", conv));
                    g.output("y", g.batchNorm("bn1", g.again(conv, y)));
                }),
                OperatorCase.of("shared.norm, convs of their own", IMAGE, (g, x) -> {
                    Node norm = g.batchNorm("bn", g.conv("conv0", x, Conv.of(3, 8)));
                    Node y = g.activation(Function.SILU, norm);
                    g.output("y", g.again(norm, g.conv("conv1", y, Conv.of(1, 8))));
                }),
                OperatorCase.of("shared.conv and scale", IMAGE, (g, x) -> {
                    Node conv = g.conv("conv", x, Conv.of(3, 8).withBias());
                    Node scale = g.layerScale(conv, 0.5);
                    g.output("y", g.again(scale, g.again(conv, g.activation(Function.TANH, scale))));
                }),
                OperatorCase.of("shared.norm, three times", IMAGE, (g, x) -> {
                    Node norm = g.batchNorm("bn", g.conv("conv", x, Conv.of(1, 8)));
                    Node sum = g.add(g.again(norm, g.activation(Function.TANH, norm)), x);
                    g.output("y", sum);
                    g.output("z", g.again(norm, sum));
                }),
                OperatorCase.ofAnySize("shared.frozen norm", IMAGE, Conventions.DEFAULT.withFrozenNorm(), (g, x) -> {
                    Node norm = g.batchNorm("bn", g.conv("conv", x, Conv.of(1, 8)));
                    g.output("y", g.again(norm, g.activation(Function.TANH, norm)));
                }),
                OperatorCase.of("shared.one of them counts for its size alone", IMAGE, (g, x) -> {
                    Node conv = g.conv("conv", x, Conv.of(3, 8).stride(2).withBias());
                    Node small = g.again(conv, conv);
                    g.output("y", g.resize(conv, small, Filter.NEAREST, false));
                }));
    }

    /** An operator on a map, and again on half of what a function makes of it. */
    private static OperatorCase twice(String name, BiFunction<GraphBuilder, Node, Node> op) {
        return OperatorCase.of(name, IMAGE, (g, x) -> {
            Node first = op.apply(g, x);
            Node half = g.averagePool(g.activation(Function.TANH, first), HALF);
            g.output("y", g.again(first, half));
            g.output("first", first);
        });
    }

    /** A map, a half and a quarter of it; numbers are moved, not changed. */
    static List<Node> levels(GraphBuilder g, Node x) {
        Node half = g.maxPool(x, 1, 2, 0);
        return List.of(x, half, g.maxPool(half, 1, 2, 0));
    }

    private static void head(GraphBuilder g, List<Node> levels) {
        Head head = Head.of(g, levels, Function.RELU);
        g.output("class_logits", head.logits);
        g.output("box_encodings", head.encodings);
    }

    /** A region proposal network in small: the same layers for every level, two anchors a cell. */
    record Head(Node logits, Node encodings) {

        static Head of(GraphBuilder g, List<Node> levels, Function function) {
            Node conv = null;
            Node logits = null;
            Node boxes = null;
            List<Node> classRows = new ArrayList<>();
            List<Node> boxRows = new ArrayList<>();
            for (Node level : levels) {
                conv = conv == null ? g.conv("head.conv", level, Conv.of(3, 8).withBias()) : g.again(conv, level);
                Node y = g.activation(function, conv);
                logits =
                        logits == null ? g.conv("head.classes", y, Conv.of(1, 2).withBias()) : g.again(logits, y);
                boxes = boxes == null ? g.conv("head.boxes", y, Conv.of(1, 8).withBias()) : g.again(boxes, y);
                classRows.add(g.mapRows(logits, 1));
                boxRows.add(g.mapRows(boxes, 4));
            }
            return new Head(RegionOperatorCases.joined(g, classRows), RegionOperatorCases.joined(g, boxRows));
        }
    }
}
