package io.vertebra.graph.op;

import java.util.List;

/**
 * The features of regions, sampled bilinearly on a fixed grid of bins and averaged in each; of several maps, levels of a
 * pyramid, each region is cut from the one that suits its size.
 *
 * <p>x (N, C, H, W) of each level, rois (R, 5) of picture number, x1, y1, x2, y2 in picture coordinates → (R, C, h, w); the
 * rois get no gradient. A roi is multiplied by the level's scale, and half a cell is subtracted if {@code aligned}; if not,
 * its sides are at least 1. Each bin takes {@code samplingRatio}² samples, or ⌈side / bins⌉ a side where that is 0; samples
 * beyond [−1, H] × [−1, W] count as 0. The level of a roi is {@link io.vertebra.graph.region.RoiLevels#of}'s, counted from
 * −log₂ of the first scale to −log₂ of the last. He et al., Mask R-CNN, arXiv:1703.06870, section 3; Lin et al., FPN,
 * arXiv:1612.03144, equation 1; detectron2 for {@code aligned}.
 *
 * @param output bins h, w
 * @param scales size of the map over size of the picture, for each level; of several each is half the one before
 * @param samplingRatio samples a side of a bin; 0: as many as the roi has cells
 * @param aligned whether coordinates name centres of cells
 */
public record RoiAlign(Size output, List<Double> scales, int samplingRatio, boolean aligned) implements Op {

    /** Checks the attributes. */
    public RoiAlign {
        Check.atLeast(1, "output", output);
        scales = List.copyOf(scales);
        Check.that(!scales.isEmpty(), "scales", "needs a level");
        for (int level = 0; level < scales.size(); level++) {
            double scale = scales.get(level);
            Check.that(scale > 0 && scale < Double.POSITIVE_INFINITY, "scale", "must be above 0, is %s", scale);
            boolean halved = level == 0 || scales.get(level - 1) == 2 * scale;
            Check.that(halved, "scales", "must halve from level to level, are %s", scales);
        }
        boolean whole = scales.size() == 1 || Math.getExponent(scales.get(0)) == Math.log(scales.get(0)) / Math.log(2);
        Check.that(whole, "scales", "of several levels must be powers of two, are %s", scales);
        Check.atLeast(0, "sampling_ratio", samplingRatio);
    }

    /** Of one map. */
    public RoiAlign(Size output, double scale, int samplingRatio, boolean aligned) {
        this(output, List.of(scale), samplingRatio, aligned);
    }

    @Override
    public int arity() {
        return scales.size() + 1;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape first = inputs.get(0);
        for (Shape level : inputs.subList(1, scales.size())) {
            boolean fits = level.rank() == 4 && Extents.agree(level.n(), first.n()) && level.c() == first.c();
            Check.that(fits, "level", "%s does not fit %s", level, first);
        }
        return rois(first, inputs.get(scales.size()), output);
    }

    /** The shape of regions cut from a map. */
    static Shape rois(Shape x, Shape rois, Size output) {
        Check.isMap("input", x);
        Check.that(rois.rank() == 2 && rois.c() == 5, "rois", "must be (R, 5), is %s", rois);
        return Shape.of(rois.n(), x.c(), output.height(), output.width());
    }

    @Override
    public boolean passesGradient(int input) {
        return input < scales.size();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.roiAlign(this);
    }
}
