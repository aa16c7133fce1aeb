package io.vertebra.graph.op;

import java.util.List;

/**
 * The features of regions, sampled bilinearly on a fixed grid of bins and averaged in each.
 *
 * <p>x (N, C, H, W), rois (R, 5) of picture number, x1, y1, x2, y2 in picture coordinates → (R, C, h, w); the rois get no
 * gradient. A roi is multiplied by {@code scale}, and half a cell is subtracted if {@code aligned}; if not, its sides are
 * at least 1. Each bin takes {@code samplingRatio}² samples, or ⌈side / bins⌉ a side where that is 0; samples beyond
 * [−1, H] × [−1, W] count as 0. He et al., Mask R-CNN, arXiv:1703.06870, section 3; detectron2 for {@code aligned}.
 *
 * @param output bins h, w
 * @param scale size of the map over size of the picture
 * @param samplingRatio samples a side of a bin; 0: as many as the roi has cells
 * @param aligned whether coordinates name centres of cells
 */
public record RoiAlign(Size output, double scale, int samplingRatio, boolean aligned) implements Op {

    /** Checks the attributes. */
    public RoiAlign {
        Check.atLeast(1, "output", output);
        Check.that(scale > 0 && scale < Double.POSITIVE_INFINITY, "scale", "must be above 0, is %s", scale);
        Check.atLeast(0, "sampling_ratio", samplingRatio);
    }

    @Override
    public int arity() {
        return 2;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        return rois(inputs, output);
    }

    /** The shape of regions cut from a map. */
    static Shape rois(List<Shape> inputs, Size output) {
        Shape x = inputs.get(0);
        Shape rois = inputs.get(1);
        Check.isMap("input", x);
        Check.that(rois.rank() == 2 && rois.c() == 5, "rois", "must be (R, 5), is %s", rois);
        return Shape.of(rois.n(), x.c(), output.height(), output.width());
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.roiAlign(this);
    }
}
