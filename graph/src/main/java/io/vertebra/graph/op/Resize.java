package io.vertebra.graph.op;

import java.util.List;

/**
 * A map at the size of another one, as PyTorch's {@code interpolate(size=...)}.
 *
 * <p>x (N, C, H, W), like (·, ·, H', W') → (N, C, H', W'); of {@code like} only the size is read, it gets no gradient.
 * Row i of the output stands at the row r of x: {@code r = i·H / H'}, rounded down, for the nearest cell; bilinear
 * {@code r = max(0, (i + ½)·H / H' − ½)}, or {@code r = i·(H − 1) / (H' − 1)} with aligned corners (0 if H' is 1), and
 * {@code y = (1 − f)·x[⌊r⌋] + f·x[min(⌊r⌋ + 1, H − 1)]}, f = r − ⌊r⌋; columns alike.
 *
 * @param filter how cells between those of x are made
 * @param alignCorners whether the centres of the corner cells, not their outer corners, lie upon each other; bilinear
 *     only
 */
public record Resize(Filter filter, boolean alignCorners) implements Op {

    /** How a value between cells is made. */
    public enum Filter {
        /** The cell that it lies in. */
        NEAREST,
        /** Linear between the four cells around it. */
        BILINEAR
    }

    /** Checks the attributes. */
    public Resize {
        Check.that(filter != null, "filter", "is missing");
        Check.that(filter == Filter.BILINEAR || !alignCorners, "align_corners", "has no meaning for the nearest cell");
    }

    @Override
    public int arity() {
        return 2;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape x = inputs.get(0);
        Shape like = inputs.get(1);
        Check.isMap("input", x);
        Check.isMap("like", like);
        return Shape.of(x.n(), x.c(), like.h(), like.w());
    }

    @Override
    public boolean reads(int input) {
        return input == 0;
    }

    @Override
    public int sizedBy() {
        return 1;
    }

    @Override
    public Size window() {
        return Size.of(filter == Filter.BILINEAR ? 2 : 1);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.resize(this);
    }
}
