package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Size;

/**
 * The largest value of every bin of every region (RoI pooling).
 *
 * <p>features (N, C, H, W), rois (R, 5) as (image, x1, y1, x2, y2) in input pixels → (R, C, output). Corners times {@code
 * scale} are rounded to cells, halves away from 0, and belong to the region, which so has at least one cell; bins overlap
 * where it does not divide. A bin outside the map is 0. Fast R-CNN, arXiv:1504.08083, section 2.1. The gradient goes to the
 * first largest cell of a bin, none into the regions.
 *
 * @param output bins of a region
 * @param scale cells per input pixel
 */
public record RoiPooling(Size output, double scale) {

    /** Where a bin has no cell. */
    public static final int EMPTY = -1;

    /** Checks the numbers. */
    public RoiPooling {
        Check.atLeast(1, "output", output);
        RoiSampler.checkScale(scale);
    }

    /** The cell of each output (R, C, output), as an index into the features, or {@link #EMPTY}. */
    public int[] largest(float[] features, RoiShape shape, float[] rois) {
        Door.length("features", features.length, shape.elements());
        return largest(shape, rois, (a, b) -> features[a] > features[b]);
    }

    /** The cell of each output, values in double. */
    public int[] largest(double[] features, RoiShape shape, float[] rois) {
        Door.length("features", features.length, shape.elements());
        return largest(shape, rois, (a, b) -> features[a] > features[b]);
    }

    /** Pools: features of this shape, rois (R, 5) → (R, C, output). */
    public float[] forward(float[] features, RoiShape shape, float[] rois) {
        int[] cells = largest(features, shape, rois);
        float[] out = new float[cells.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = cells[i] == EMPTY ? 0 : features[cells[i]];
        }
        return out;
    }

    /** Pools in double. */
    public double[] forward(double[] features, RoiShape shape, float[] rois) {
        int[] cells = largest(features, shape, rois);
        double[] out = new double[cells.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = cells[i] == EMPTY ? 0 : features[cells[i]];
        }
        return out;
    }

    /** Adds a gradient of the output to the gradient of the features at the cells that {@link #largest} found. */
    public static void backward(float[] gradient, int[] cells, float[] features) {
        Door.length("gradient", gradient.length, cells.length);
        for (int i = 0; i < cells.length; i++) {
            if (cells[i] != EMPTY) {
                features[cells[i]] += gradient[i];
            }
        }
    }

    /** Adds a gradient in double. */
    public static void backward(double[] gradient, int[] cells, double[] features) {
        Door.length("gradient", gradient.length, cells.length);
        for (int i = 0; i < cells.length; i++) {
            if (cells[i] != EMPTY) {
                features[cells[i]] += gradient[i];
            }
        }
    }

    /** Whether one cell is larger than another. */
    @FunctionalInterface
    private interface Larger {
        boolean than(int cell, int other);
    }

    private int[] largest(RoiShape shape, float[] rois, Larger larger) {
        int count = shape.rois(rois);
        int[] cells = new int[Door.elements("output", count, shape.channels(), output.height(), output.width())];
        PoolAxis rows = new PoolAxis(output.height());
        PoolAxis columns = new PoolAxis(output.width());
        int at = 0;
        for (int r = 0; r < count; r++) {
            set(columns, rois[5 * r + 1], rois[5 * r + 3], shape.width());
            set(rows, rois[5 * r + 2], rois[5 * r + 4], shape.height());
            for (int c = 0; c < shape.channels(); c++) {
                int plane = shape.offset((int) rois[5 * r], c);
                for (int p = 0; p < output.height(); p++) {
                    for (int q = 0; q < output.width(); q++) {
                        cells[at++] = largest(rows, p, columns, q, plane, shape.width(), larger);
                    }
                }
            }
        }
        return cells;
    }

    private void set(PoolAxis axis, float from, float to, int extent) {
        double start = PoolAxis.round(from * (float) scale);
        double end = PoolAxis.round(to * (float) scale);
        axis.set(start, Math.max(end - start + 1, 1), extent);
    }

    private static int largest(PoolAxis rows, int p, PoolAxis columns, int q, int plane, int width, Larger larger) {
        int best = EMPTY;
        for (int i = rows.first(p); i < rows.end(p); i++) {
            for (int j = columns.first(q); j < columns.end(q); j++) {
                int cell = plane + i * width + j;
                if (best == EMPTY || larger.than(cell, best)) {
                    best = cell;
                }
            }
        }
        return best;
    }
}
