package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Size;

/**
 * The common part of the two alignments: goes through the bins of regions and knows the weights of each.
 *
 * <p>Position sensitive: bin (p, q) of channel c reads channel {@code (c · height + p) · width + q} of the features; else
 * channel c.
 */
final class RoiSampler {

    /** The largest number of samples along a side of a bin that can be asked for. */
    private static final int MOST_SAMPLES = 1024;

    /** The largest number of cells in an input pixel. */
    private static final double LARGEST_SCALE = 1e6;

    private final RoiAlignment op;
    private final Size output;
    private final boolean positionSensitive;

    RoiSampler(RoiAlignment op, boolean positionSensitive) {
        this.op = op;
        this.output = op.output();
        this.positionSensitive = positionSensitive;
    }

    static void check(Size output, double scale, int samplingRatio) {
        Check.atLeast(1, "output", output);
        checkScale(scale);
        Check.that(samplingRatio <= MOST_SAMPLES, "sampling_ratio", "is %d, at most %d", samplingRatio, MOST_SAMPLES);
    }

    static void checkScale(double scale) {
        Check.that(scale > 0 && scale <= LARGEST_SCALE, "scale", "must lie in (0, %s], is %s", LARGEST_SCALE, scale);
    }

    /** Channels of the output. */
    static int channels(RoiShape shape, Size output, boolean positionSensitive) {
        if (!positionSensitive) {
            return shape.channels();
        }
        Check.that(
                shape.channels() % output.area() == 0,
                "channels",
                "%d is no multiple of the bins, %s",
                shape.channels(),
                output);
        return (int) (shape.channels() / output.area());
    }

    /** The number of values of the output for valid rois. */
    int outputs(RoiShape shape, float[] rois) {
        int channels = channels(shape, output, positionSensitive);
        return Door.elements("output", shape.rois(rois), channels, output.height(), output.width());
    }

    /** What is done at a bin. */
    @FunctionalInterface
    interface Bin {
        /** Output element, start of the channel in the features, row and column of the bin. */
        void at(int element, int plane, int p, int q);
    }

    /** Goes through all bins of all regions, in the order of the output. */
    void forEach(RoiShape shape, float[] rois, Window window, Bin bin) {
        for (int r = 0; r < rois.length / 5; r++) {
            forEach(shape, rois, r, window, bin);
        }
    }

    /** Goes through all bins of one region. */
    void forEach(RoiShape shape, float[] rois, int roi, Window window, Bin bin) {
        op.set(window.columns, rois[5 * roi + 1], rois[5 * roi + 3], window.precision);
        op.set(window.rows, rois[5 * roi + 2], rois[5 * roi + 4], window.precision);
        int image = (int) rois[5 * roi];
        int channels = channels(shape, output, positionSensitive);
        int at = roi * channels * (int) output.area();
        for (int c = 0; c < channels; c++) {
            for (int p = 0; p < output.height(); p++) {
                for (int q = 0; q < output.width(); q++) {
                    int from = positionSensitive ? (c * output.height() + p) * output.width() + q : c;
                    bin.at(at++, shape.offset(image, from), p, q);
                }
            }
        }
    }

    /** The weights of one axis (bins, cells) for a region from one place of it to another, in double. */
    double[] weights(int bins, int cells, float from, float to) {
        Check.atLeast(1, "cells", cells);
        SampleAxis axis = new SampleAxis(bins, cells);
        op.set(axis, from, to, Precision.DOUBLE);
        return axis.matrix();
    }

    Window window(RoiShape shape, Precision precision) {
        return new Window(
                new SampleAxis(output.height(), shape.height()),
                new SampleAxis(output.width(), shape.width()),
                shape.width(),
                precision);
    }

    /** Pools: features of this shape, rois (R, 5) → the bins of all regions. */
    float[] forward(float[] features, RoiShape shape, float[] rois) {
        Door.length("features", features.length, shape.elements());
        float[] out = new float[outputs(shape, rois)];
        Window window = window(shape, Precision.FLOAT);
        forEach(shape, rois, window, (at, x, p, q) -> out[at] = (float) window.sum(features, x, p, q));
        return out;
    }

    /** Pools in double, positions too. */
    double[] forward(double[] features, RoiShape shape, float[] rois) {
        Door.length("features", features.length, shape.elements());
        double[] out = new double[outputs(shape, rois)];
        Window window = window(shape, Precision.DOUBLE);
        forEach(shape, rois, window, (at, x, p, q) -> out[at] = window.sum(features, x, p, q));
        return out;
    }

    /** Adds to the gradient of the features what a gradient of the output gives. */
    void backward(float[] gradient, RoiShape shape, float[] rois, float[] features) {
        Door.length("gradient", gradient.length, outputs(shape, rois));
        Door.length("features", features.length, shape.elements());
        Window window = window(shape, Precision.FLOAT);
        forEach(shape, rois, window, (at, x, p, q) -> window.spread(gradient[at], features, x, p, q));
    }

    /** Adds to the gradient in double, positions too. */
    void backward(double[] gradient, RoiShape shape, float[] rois, double[] features) {
        Door.length("gradient", gradient.length, outputs(shape, rois));
        Door.length("features", features.length, shape.elements());
        Window window = window(shape, Precision.DOUBLE);
        forEach(shape, rois, window, (at, x, p, q) -> window.spread(gradient[at], features, x, p, q));
    }

    /** The weights of one region after another. */
    record Window(SampleAxis rows, SampleAxis columns, int width, Precision precision) {

        double sum(float[] x, int plane, int p, int q) {
            double sum = 0;
            for (int i = rows.first(p); i < rows.end(p); i++) {
                double row = 0;
                for (int j = columns.first(q); j < columns.end(q); j++) {
                    row += columns.weight(q, j) * x[plane + i * width + j];
                }
                sum += rows.weight(p, i) * row;
            }
            return sum;
        }

        double sum(double[] x, int plane, int p, int q) {
            double sum = 0;
            for (int i = rows.first(p); i < rows.end(p); i++) {
                double row = 0;
                for (int j = columns.first(q); j < columns.end(q); j++) {
                    row += columns.weight(q, j) * x[plane + i * width + j];
                }
                sum += rows.weight(p, i) * row;
            }
            return sum;
        }

        void spread(float gradient, float[] x, int plane, int p, int q) {
            for (int i = rows.first(p); i < rows.end(p); i++) {
                double row = gradient * rows.weight(p, i);
                for (int j = columns.first(q); j < columns.end(q); j++) {
                    x[plane + i * width + j] += (float) (row * columns.weight(q, j));
                }
            }
        }

        void spread(double gradient, double[] x, int plane, int p, int q) {
            for (int i = rows.first(p); i < rows.end(p); i++) {
                double row = gradient * rows.weight(p, i);
                for (int j = columns.first(q); j < columns.end(q); j++) {
                    x[plane + i * width + j] += row * columns.weight(q, j);
                }
            }
        }
    }
}
