package io.vertebra.graph.op;

import java.util.List;

/**
 * Some channels of a map: {@code y[n,c,i,j] = x[n, from + c, i, j]}.
 *
 * <p>x (N, C, H, W) → (N, to − from, H, W).
 *
 * @param from first channel
 * @param to channel behind the last one
 */
public record Slice(int from, int to) implements Op {

    /** Checks the attributes. */
    public Slice {
        Check.atLeast(0, "from", from);
        Check.that(to > from, "to", "must be above from %d, is %d", from, to);
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape x = inputs.get(0);
        Check.isMap("input", x);
        Check.that(to <= x.c(), "to", "must be at most the channels %d, is %d", x.c(), to);
        return x.with(1, to - from);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.slice(this);
    }
}
