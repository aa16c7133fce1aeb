package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;

/**
 * RoI align of regions of all sizes, each from the level of a pyramid that suits it.
 *
 * <p>features a map (N, C, H_l, W_l) for each level, rois (R, 5) in input pixels → (R, C, output), in the order of the rois.
 * FPN, arXiv:1612.03144, section 4.2.
 */
public final class PyramidAlignment {
    private final RoiLevels levels;
    private final List<RoiAlignment> alignments = new ArrayList<>();

    /** An alignment with one scale (cells per input pixel) for each level from the lowest on. */
    public PyramidAlignment(Size output, List<Double> scales, int samplingRatio, boolean aligned, RoiLevels levels) {
        int count = levels.most() - levels.least() + 1;
        Check.that(scales.size() == count, "scales", "are %d, the levels are %d", scales.size(), count);
        this.levels = levels;
        for (double scale : scales) {
            alignments.add(new RoiAlignment(output, scale, samplingRatio, aligned));
        }
    }

    /** Pools: a map of these shapes for each level, rois (R, 5) → (R, C, output). */
    public float[] forward(List<float[]> features, List<RoiShape> shapes, float[] rois) {
        check(features, shapes);
        int[] level = levels(rois);
        float[] out = new float[alignments.get(0).sampler().outputs(shapes.get(0), rois)];
        for (int l = 0; l < alignments.size(); l++) {
            float[] x = features.get(l);
            forEach(
                    l,
                    level,
                    shapes.get(l),
                    rois,
                    window -> (at, plane, p, q) -> out[at] = (float) window.sum(x, plane, p, q));
        }
        return out;
    }

    /** Adds to the gradients of the maps what a gradient of the output (R, C, output) gives. */
    public void backward(float[] gradient, List<RoiShape> shapes, float[] rois, List<float[]> features) {
        check(features, shapes);
        int[] level = levels(rois);
        Door.length("gradient", gradient.length, alignments.get(0).sampler().outputs(shapes.get(0), rois));
        for (int l = 0; l < alignments.size(); l++) {
            float[] x = features.get(l);
            forEach(
                    l,
                    level,
                    shapes.get(l),
                    rois,
                    window -> (at, plane, p, q) -> window.spread(gradient[at], x, plane, p, q));
        }
    }

    /** Makes what is done at a bin from the weights. */
    @FunctionalInterface
    private interface Work {
        RoiSampler.Bin with(RoiSampler.Window window);
    }

    private void forEach(int level, int[] levels, RoiShape shape, float[] rois, Work work) {
        RoiSampler sampler = alignments.get(level).sampler();
        RoiSampler.Window window = sampler.window(shape, Precision.FLOAT);
        RoiSampler.Bin bin = work.with(window);
        for (int r = 0; r < levels.length; r++) {
            if (levels[r] == level) {
                sampler.forEach(shape, rois, r, window, bin);
            }
        }
    }

    private void check(List<float[]> features, List<RoiShape> shapes) {
        Check.that(
                features.size() == alignments.size() && shapes.size() == alignments.size(),
                "features",
                "are %d with %d shapes, the levels are %d",
                features.size(),
                shapes.size(),
                alignments.size());
        for (int l = 0; l < shapes.size(); l++) {
            Door.length("features", features.get(l).length, shapes.get(l).elements());
            Check.that(
                    shapes.get(l).images() == shapes.get(0).images()
                            && shapes.get(l).channels() == shapes.get(0).channels(),
                    "shapes",
                    "%s and %s have other images or channels",
                    shapes.get(0),
                    shapes.get(l));
        }
    }

    private int[] levels(float[] rois) {
        float[] boxes = new float[4 * Door.rows("rois", rois, 5)];
        for (int r = 0; r < boxes.length / 4; r++) {
            System.arraycopy(rois, 5 * r + 1, boxes, 4 * r, 4);
        }
        return levels.levels(boxes);
    }
}
