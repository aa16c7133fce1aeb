package io.vertebra.graph.region;

import io.vertebra.graph.op.Size;

/**
 * RoI align in which each bin reads a channel of its own.
 *
 * <p>features (N, K · height · width, H, W), rois (R, 5) → (R, K, output): bin (p, q) of channel k is the average of channel
 * {@code (k · height + p) · width + q}. Half a cell is always subtracted, as in an aligned {@link RoiAlignment}. Light-Head
 * R-CNN, arXiv:1711.07264; R-FCN, arXiv:1605.06409, equation 1, with samples in place of cells.
 *
 * @param output bins of a region
 * @param scale cells per input pixel
 * @param samplingRatio samples along each side of a bin; 0 or less: as many as the bin has cells, rounded up
 */
public record PositionSensitiveAlignment(Size output, double scale, int samplingRatio) {

    /** Checks the numbers. */
    public PositionSensitiveAlignment {
        RoiSampler.check(output, scale, samplingRatio);
    }

    private RoiSampler sampler() {
        return new RoiSampler(new RoiAlignment(output, scale, samplingRatio, true), true);
    }

    /** Pools: features of this shape, rois (R, 5) → (R, K, output). */
    public float[] forward(float[] features, RoiShape shape, float[] rois) {
        return sampler().forward(features, shape, rois);
    }

    /** Adds to the gradient of the features (N, K · bins, H, W) what a gradient of the output (R, K, output) gives. */
    public void backward(float[] gradient, RoiShape shape, float[] rois, float[] features) {
        sampler().backward(gradient, shape, rois, features);
    }
}
