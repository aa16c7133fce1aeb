package io.vertebra.graph.op;

import java.util.List;

/**
 * The means of a fixed grid of bins, whatever the size of the input: bin i covers rows ⌊i·H/h⌋ to ⌈(i+1)·H/h⌉.
 *
 * <p>x (N, C, H, W) → (N, C, h, w). A grid of 1x1 is global average pooling.
 *
 * @param grid bins
 */
public record AdaptiveAveragePool(Size grid) implements Op {

    /** Checks the attributes. */
    public AdaptiveAveragePool {
        Check.atLeast(1, "grid", grid);
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape x = inputs.get(0);
        Check.isMap("input", x);
        return Shape.of(x.n(), x.c(), grid.height(), grid.width());
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.adaptiveAveragePool(this);
    }
}
