package io.vertebra.graph.contract;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.Resize.Filter;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Maps at the size of others, by every filter: alone, chained, used by several, beside each other. */
final class ResizeCases {

    /** A way to fill in cells. */
    private record Way(Filter filter, boolean alignCorners) {
        private Node resize(GraphBuilder g, Node x, Node like) {
            return g.resize(x, like, filter, alignCorners);
        }

        @Override
        public String toString() {
            return filter.name().toLowerCase(Locale.ROOT) + (alignCorners ? ", aligned" : "");
        }
    }

    private static final Way BILINEAR = new Way(Filter.BILINEAR, false);
    private static final Way ALIGNED = new Way(Filter.BILINEAR, true);
    private static final List<Way> WAYS = List.of(new Way(Filter.NEAREST, false), BILINEAR, ALIGNED);

    private ResizeCases() {}

    static List<OperatorCase> all() {
        List<OperatorCase> cases = new ArrayList<>();
        for (Way way : WAYS) {
            cases.add(size(way, 16, new Size(4, 5), new Size(8, 10)));
            cases.add(size(way, 5, new Size(4, 5), new Size(11, 9)));
            cases.add(size(way, 21, new Size(3, 2), new Size(24, 16)));
            cases.add(size(way, 16, new Size(12, 10), new Size(6, 5)));
            cases.add(size(way, 3, new Size(13, 7), new Size(5, 6)));
            cases.add(size(way, 8, new Size(3, 8), new Size(9, 4)));
            cases.add(size(way, 24, new Size(5, 7), new Size(5, 7)));
            cases.add(size(way, 16, Size.of(1), new Size(5, 6)));
            cases.add(size(way, 5, new Size(1, 6), new Size(4, 9)));
            cases.add(size(way, 8, new Size(7, 6), Size.of(1)));
            cases.add(size(way, 1, new Size(6, 5), new Size(1, 8)));
        }
        cases.addAll(placed());
        return cases;
    }

    /** From one size to another; the picture is as large as both, a side that is smaller is made by pooling. */
    private static OperatorCase size(Way way, int channels, Size from, Size to) {
        int height = Math.max(from.height(), to.height());
        int width = Math.max(from.width(), to.width());
        Shape image = Shape.of(2, channels, height, width);
        String name = String.format("resize.%s, %d channels, %s to %s", way, channels, from, to);
        return OperatorCase.of(
                name, image, (g, x) -> g.output("y", way.resize(g, pooled(g, x, from), pooled(g, x, to))));
    }

    private static Node pooled(GraphBuilder g, Node x, Size size) {
        boolean same = size.equals(new Size(x.shape().h(), x.shape().w()));
        return same ? x : g.adaptiveAveragePool(x, size);
    }

    private static List<OperatorCase> placed() {
        Shape image = Shape.of(2, 8, 12, 11);
        return List.of(
                OperatorCase.of("resize.to the size of the picture", image, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 16).stride(2));
                    g.output("y", BILINEAR.resize(g, y, x));
                }),
                OperatorCase.ofAnySize("resize.of any size", image, Conventions.DEFAULT, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 5).stride(4));
                    g.output("small", y);
                    g.output("y", BILINEAR.resize(g, y, x));
                }),
                OperatorCase.ofAnySize("resize.of any size, aligned", image, Conventions.DEFAULT, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 5).stride(2));
                    g.output("y", g.activation(Function.TANH, ALIGNED.resize(g, y, x)));
                }),
                OperatorCase.of("resize.there and back", image, (g, x) -> {
                    Node small = g.conv("conv", x, Conv.of(3, 16).stride(2));
                    Node large = BILINEAR.resize(g, small, x);
                    g.output("y", BILINEAR.resize(g, large, small));
                }),
                OperatorCase.of("resize.like a node that has another use", image, (g, x) -> {
                    Node fine = g.conv("fine", x, Conv.of(3, 16).stride(2));
                    Node coarse = g.conv("coarse", fine, Conv.of(3, 16).stride(2));
                    g.output("y", g.add(fine, BILINEAR.resize(g, coarse, fine)));
                }),
                OperatorCase.of("resize.like a conv that nothing reads", image, (g, x) -> {
                    Node unread = g.conv("unread", x, Conv.of(3, 7).stride(2).withBias());
                    Node y = g.conv("conv", x, Conv.of(1, 8));
                    g.output("y", BILINEAR.resize(g, y, unread));
                }),
                OperatorCase.of("resize.like itself", image, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 8));
                    g.output("y", g.add(BILINEAR.resize(g, y, y), y));
                }),
                OperatorCase.of("resize.used by two, its input too", image, (g, x) -> {
                    Node y = g.activation(
                            Function.SILU, g.conv("conv", x, Conv.of(3, 16).stride(2)));
                    Node large = BILINEAR.resize(g, y, x);
                    g.output("a", g.conv("a", large, Conv.of(1, 5)));
                    g.output("b", g.activation(Function.TANH, large));
                    g.output("c", g.conv("c", y, Conv.of(1, 3)));
                }),
                OperatorCase.of("resize.to two sizes", image, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 8).stride(4));
                    Node middle = g.conv("middle", x, Conv.of(3, 8).stride(2));
                    g.output("large", BILINEAR.resize(g, y, x));
                    g.output("middle", g.add(WAYS.get(0).resize(g, y, middle), middle));
                }),
                OperatorCase.of("resize.an output that another takes", image, (g, x) -> {
                    Node large =
                            BILINEAR.resize(g, g.conv("conv", x, Conv.of(3, 8).stride(2)), x);
                    g.output("large", large);
                    g.output("y", g.activation(Function.SIGMOID, large));
                }),
                OperatorCase.of("resize.of a resized pooled map, joined", image, (g, x) -> {
                    Node pooled = g.conv("pooled", g.adaptiveAveragePool(x, Size.of(1)), Conv.of(1, 5));
                    Node y = g.concat(g.conv("conv", x, Conv.of(3, 16)), BILINEAR.resize(g, pooled, x));
                    g.output("y", g.conv("next", y, Conv.of(1, 8)));
                }));
    }
}
