package io.vertebra.graph.contract;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.L2Norm;
import io.vertebra.graph.op.Shape;
import java.util.List;

/** What heads of detectors make of maps: cells of length 1, rows of anchors, rows of several levels. */
final class RowCases {
    private RowCases() {}

    static List<OperatorCase> all() {
        return List.of(
                norm("l2_norm", Shape.of(2, 16, 5, 4)),
                norm("l2_norm.5 channels", Shape.of(3, 5, 3, 7)),
                norm("l2_norm.512 channels", Shape.of(1, 512, 3, 2)),
                norm("l2_norm.one channel, batch 1", Shape.of(1, 1, 4, 4)),
                OperatorCase.of(
                        "l2_norm.shorter than epsilon",
                        Shape.of(2, 2, 6, 5),
                        (g, x) -> g.output("y", g.named("norm", new L2Norm(1.25, 20), x))),
                OperatorCase.ofAnySize(
                        "l2_norm.of a conv of any size", Shape.of(2, 3, 6, 7), Conventions.DEFAULT, (g, x) -> {
                            Node y = g.conv("conv", x, Conv.of(3, 24));
                            g.output("y", g.in("backbone").l2Norm(y, 20));
                            g.output("conv", y);
                        }),
                rows("map_rows", Shape.of(2, 24, 4, 5), 4),
                rows("map_rows.one anchor", Shape.of(3, 21, 3, 4), 21),
                rows("map_rows.one column", Shape.of(2, 6, 5, 3), 1),
                rows("map_rows.6 anchors of 5", Shape.of(1, 30, 1, 7), 5),
                rows("map_rows.32 channels", Shape.of(2, 32, 3, 3), 16),
                OperatorCase.ofAnySize("map_rows.of any size", Shape.of(2, 3, 7, 6), Conventions.DEFAULT, (g, x) -> {
                    Node y = g.conv("conv", x, Conv.of(3, 12).withBias());
                    g.output("y", g.mapRows(y, 4));
                }),
                OperatorCase.of("map_rows.used by two", Shape.of(2, 12, 4, 3), (g, x) -> {
                    Node rows = g.mapRows(g.conv("conv", x, Conv.of(1, 12)), 3);
                    g.output("rows", rows);
                    g.output("y", g.activation(Function.SIGMOID, rows));
                }),
                OperatorCase.of("concat.of rows", Shape.of(2, 12, 4, 4), (g, x) -> {
                    Node a = g.mapRows(x, 4);
                    g.output("y", g.concat(a, g.activation(Function.TANH, a)));
                }),
                OperatorCase.of(
                        "concat.of the rows of one",
                        Shape.of(2, 6, 3, 4),
                        (g, x) -> g.output("y", g.concat(g.mapRows(x, 3)))),
                OperatorCase.of("concat.of the rows of 3 levels", Shape.of(2, 3, 12, 11), (g, x) -> {
                    Node[] levels = levels(g, x, 3);
                    g.output("y", g.concat(rows(g, levels, new int[] {4, 6, 4}, 5)));
                }),
                OperatorCase.ofAnySize(
                        "concat.of the rows of 2 levels of any size",
                        Shape.of(3, 3, 9, 10),
                        Conventions.DEFAULT,
                        (g, x) -> {
                            Node[] rows = rows(g, levels(g, x, 2), new int[] {2, 3}, 4);
                            g.output("first", rows[0]);
                            g.output("y", g.concat(rows));
                        }));
    }

    private static Node[] levels(GraphBuilder g, Node x, int count) {
        Node[] levels = new Node[count];
        for (int i = 0; i < count; i++) {
            x = g.activation(Function.SILU, g.conv("level" + i, x, Conv.of(3, 8).stride(2)));
            levels[i] = x;
        }
        return levels;
    }

    private static Node[] rows(GraphBuilder g, Node[] levels, int[] anchors, int columns) {
        Node[] rows = new Node[levels.length];
        for (int i = 0; i < rows.length; i++) {
            Conv conv = Conv.of(3, anchors[i] * columns).withBias();
            rows[i] = g.mapRows(g.conv("head" + i, levels[i], conv), columns);
        }
        return rows;
    }

    private static OperatorCase norm(String name, Shape image) {
        return OperatorCase.of(name, image, (g, x) -> g.output("y", g.in("norm").l2Norm(x, 20)));
    }

    private static OperatorCase rows(String name, Shape image, int columns) {
        return OperatorCase.of(name, image, (g, x) -> g.output("y", g.mapRows(x, columns)));
    }
}
