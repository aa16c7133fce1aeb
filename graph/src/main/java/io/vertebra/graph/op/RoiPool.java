package io.vertebra.graph.op;

import java.util.List;

/**
 * The largest feature in each bin of a fixed grid over regions; an empty bin is 0.
 *
 * <p>x (N, C, H, W), rois (R, 5) of picture number, x1, y1, x2, y2 in picture coordinates → (R, C, h, w); the rois get no
 * gradient. A roi is multiplied by {@code scale} and rounded, half away from zero; its ends are inclusive and its sides at
 * least 1. Bin i covers rows ⌊i·side / h⌋ to ⌈(i + 1)·side / h⌉, cut to the map; the first of equal values, row by row,
 * gets the gradient. Girshick, Fast R-CNN, arXiv:1504.08083, section 2.1.
 *
 * @param output bins h, w
 * @param scale size of the map over size of the picture
 */
public record RoiPool(Size output, double scale) implements Op {

    /** Checks the attributes. */
    public RoiPool {
        Check.atLeast(1, "output", output);
        Check.that(scale > 0 && scale < Double.POSITIVE_INFINITY, "scale", "must be above 0, is %s", scale);
    }

    @Override
    public int arity() {
        return 2;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        return RoiAlign.rois(inputs.get(0), inputs.get(1), output);
    }

    @Override
    public boolean passesGradient(int input) {
        return input == 0;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.roiPool(this);
    }
}
