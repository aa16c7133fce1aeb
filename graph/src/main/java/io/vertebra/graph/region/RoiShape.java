package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;

/**
 * Extents of a feature map (N, C, H, W) that regions are cut from.
 *
 * @param images N
 * @param channels C
 * @param height H
 * @param width W
 */
public record RoiShape(int images, int channels, int height, int width) {

    /** Checks that the map can be an array. */
    public RoiShape {
        Check.atLeast(1, "height", height);
        Check.atLeast(1, "width", width);
        Door.elements("features", images, channels, height, width);
    }

    /** The number of values. */
    public int elements() {
        return images * channels * height * width;
    }

    /** The number of values of one channel. */
    int plane() {
        return height * width;
    }

    /** Where a channel of an image starts. */
    int offset(int image, int channel) {
        return (image * channels + channel) * plane();
    }

    /** Checks rows of (image, x1, y1, x2, y2); answers how many there are. */
    public int rois(float[] rois) {
        return Door.rois(rois, images);
    }
}
