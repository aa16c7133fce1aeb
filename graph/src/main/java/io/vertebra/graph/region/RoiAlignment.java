package io.vertebra.graph.region;

import io.vertebra.graph.op.Size;

/**
 * Averages bilinear samples of every bin of every region into a grid of fixed size (RoI align).
 *
 * <p>features (N, C, H, W), rois (R, 5) as (image, x1, y1, x2, y2) in input pixels → (R, C, output). Positions are divided
 * by the stride, that is multiplied by {@code scale}; with {@code aligned} half a cell is subtracted and a region may be
 * empty (its bins are 0), else it is at least one cell wide and high. Samples outside the map by more than one cell count
 * as 0. Mask R-CNN, arXiv:1703.06870, section 3; Detectron2 aligns, torchvision's detectors do not. There is no gradient
 * into the regions. Positions are computed in the type of the values, float in torchvision's order; sums are double.
 *
 * @param output bins of a region
 * @param scale cells per input pixel
 * @param samplingRatio samples along each side of a bin; 0 or less: as many as the bin has cells, rounded up
 * @param aligned whether pixel centres are at half cells
 */
public record RoiAlignment(Size output, double scale, int samplingRatio, boolean aligned) {

    /** Checks the numbers. */
    public RoiAlignment {
        RoiSampler.check(output, scale, samplingRatio);
    }

    RoiSampler sampler() {
        return new RoiSampler(this, false);
    }

    /** Pools: features of this shape, rois (R, 5) → (R, C, output). */
    public float[] forward(float[] features, RoiShape shape, float[] rois) {
        return sampler().forward(features, shape, rois);
    }

    /** Pools in double. */
    public double[] forward(double[] features, RoiShape shape, float[] rois) {
        return sampler().forward(features, shape, rois);
    }

    /** Adds to the gradient of the features (N, C, H, W) what a gradient of the output (R, C, output) gives. */
    public void backward(float[] gradient, RoiShape shape, float[] rois, float[] features) {
        sampler().backward(gradient, shape, rois, features);
    }

    /** Adds to the gradient in double. */
    public void backward(double[] gradient, RoiShape shape, float[] rois, double[] features) {
        sampler().backward(gradient, shape, rois, features);
    }

    /**
     * How much each row of a map counts in each row of bins of a region from y1 to y2: (output height, map height), row by
     * row, in double. A region is {@code rows · map · columnsᵀ}.
     */
    public double[] rows(int height, float y1, float y2) {
        return sampler().weights(output.height(), height, y1, y2);
    }

    /** How much each column of a map counts in each column of bins of a region from x1 to x2, as {@link #rows}. */
    public double[] columns(int width, float x1, float x2) {
        return sampler().weights(output.width(), width, x1, x2);
    }

    /** Sets an axis to the weights of the bins of a region from one place of it to another, in float. */
    public void set(SampleAxis axis, float from, float to) {
        set(axis, from, to, Precision.FLOAT);
    }

    void set(SampleAxis axis, float from, float to, Precision precision) {
        double shift = aligned ? 0.5 : 0;
        double least = aligned ? Double.NEGATIVE_INFINITY : 1;
        double cells = precision.round(scale);
        double start = precision.round(precision.round(from * cells) - shift);
        double end = precision.round(precision.round(to * cells) - shift);
        axis.set(start, Math.max(precision.round(end - start), least), samplingRatio, precision);
    }
}
