package io.vertebra.graph.op;

import java.util.List;

/**
 * A map read as rows of numbers, cell by cell: (N, A·K, H, W) → (N, H·W·A, K), K the columns.
 *
 * <p>{@code y[n, (i·W + j)·A + a, k] = x[n, a·K + k, i, j]}: the order of anchors in SSD (row, column, anchor).
 *
 * @param columns K
 */
public record MapRows(int columns) implements Op {

    /** Checks the attributes. */
    public MapRows {
        Check.atLeast(1, "columns", columns);
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape x = inputs.get(0);
        Check.isMap("input", x);
        Check.that(x.c() != Shape.ANY, "input", "must have known channels, is %s", x);
        Check.that(x.c() % columns == 0, "columns", "%d do not divide the %d channels", columns, x.c());
        boolean known = x.h() != Shape.ANY && x.w() != Shape.ANY;
        int rows = known ? Math.multiplyExact(Math.multiplyExact(x.h(), x.w()), x.c() / columns) : Shape.ANY;
        return Shape.of(x.n(), rows, columns);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.mapRows(this);
    }
}
