package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Size;

/**
 * Averages of the cells of every bin, each bin of a channel of its own (position sensitive RoI pooling).
 *
 * <p>features (N, K · height · width, H, W), rois (R, 5) → (R, K, output): bin (p, q) of channel k averages channel {@code (k
 * · height + p) · width + q}. Corners times {@code scale} are rounded to cells, halves away from 0; the end does not belong
 * to the region, which has at least one cell. A bin outside the map is 0. R-FCN, arXiv:1605.06409, equation 1; as in
 * torchvision bins end before the last row and column of the map.
 *
 * @param output bins of a region
 * @param scale cells per input pixel
 */
public record PositionSensitivePooling(Size output, double scale) {

    /** Checks the numbers. */
    public PositionSensitivePooling {
        Check.atLeast(1, "output", output);
        RoiSampler.checkScale(scale);
    }

    /** Pools: features of this shape, rois (R, 5) → (R, K, output). */
    public float[] forward(float[] features, RoiShape shape, float[] rois) {
        Door.length("features", features.length, shape.elements());
        float[] out = new float[outputs(shape, rois)];
        forEach(shape, rois, (at, from, length, rows) -> {
            double sum = 0;
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < length; j++) {
                    sum += features[from + i * shape.width() + j];
                }
            }
            out[at] = (float) (sum / (rows * length));
        });
        return out;
    }

    /** Adds to the gradient of the features (N, K · bins, H, W) what a gradient of the output (R, K, output) gives. */
    public void backward(float[] gradient, RoiShape shape, float[] rois, float[] features) {
        Door.length("gradient", gradient.length, outputs(shape, rois));
        Door.length("features", features.length, shape.elements());
        forEach(shape, rois, (at, from, length, rows) -> {
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < length; j++) {
                    features[from + i * shape.width() + j] += gradient[at] / (rows * length);
                }
            }
        });
    }

    private int outputs(RoiShape shape, float[] rois) {
        int channels = RoiSampler.channels(shape, output, true);
        return Door.elements("output", shape.rois(rois), channels, output.height(), output.width());
    }

    /** What is done at a bin that has cells. */
    @FunctionalInterface
    private interface Bin {
        /** Output element, first cell in the features, cells in a row, rows. */
        void at(int element, int from, int length, int rows);
    }

    private void forEach(RoiShape shape, float[] rois, Bin bin) {
        PoolAxis rows = new PoolAxis(output.height());
        PoolAxis columns = new PoolAxis(output.width());
        int channels = RoiSampler.channels(shape, output, true);
        int at = 0;
        for (int r = 0; r < rois.length / 5; r++) {
            set(columns, rois[5 * r + 1], rois[5 * r + 3], shape.width());
            set(rows, rois[5 * r + 2], rois[5 * r + 4], shape.height());
            for (int c = 0; c < channels * output.area(); c++, at++) {
                int p = c / output.width() % output.height();
                int q = c % output.width();
                int length = columns.end(q) - columns.first(q);
                int height = rows.end(p) - rows.first(p);
                if (length > 0 && height > 0) {
                    int first = rows.first(p) * shape.width() + columns.first(q);
                    bin.at(at, shape.offset((int) rois[5 * r], c) + first, length, height);
                }
            }
        }
    }

    private void set(PoolAxis axis, float from, float to, int extent) {
        double start = PoolAxis.round(from * (float) scale);
        double end = PoolAxis.round(to * (float) scale);
        axis.set(start, Math.max(end - start, 1), extent - 1);
    }
}
