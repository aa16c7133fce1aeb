package io.vertebra.graph.region;

import java.util.Arrays;

/**
 * How much each row (or column) of a feature map counts for each bin of a region, for averages of bilinear samples.
 *
 * <p>A bilinear sample is a product of a weight along y and one along x, and the samples of a bin form a grid; so their
 * average is a product too: {@code out[p, q] = Σ_i Σ_j wy[p, i] · wx[q, j] · x[i, j]}, whatever the number of samples. A
 * sample more than one cell outside counts as 0, one less than a cell outside as the border.
 */
public final class SampleAxis {
    private final int bins;
    private final int extent;
    private final int[] first;
    private final int[] end;
    private final double[] weights;

    /** For maps of this extent. */
    public SampleAxis(int bins, int extent) {
        this.bins = bins;
        this.extent = extent;
        this.first = new int[bins];
        this.end = new int[bins];
        this.weights = new double[Door.elements("bins", bins, extent)];
    }

    /**
     * Sets the weights for a region that starts at {@code start} and has this length, in cells.
     *
     * <p>Positions are computed in the order that torchvision computes them in, each step rounded, so that a sample at
     * the border falls on the same side.
     */
    void set(double start, double length, int samplingRatio, Precision to) {
        double bin = to.round(length / bins);
        double samples = samplingRatio > 0 ? samplingRatio : Math.ceil(bin);
        for (int b = 0; b < bins; b++) {
            Arrays.fill(weights, b * extent + first[b], b * extent + Math.max(first[b], end[b]), 0);
            first[b] = extent;
            end[b] = 0;
            if (samples > 0) {
                double from = to.round(start + to.round(b * bin));
                // only samples in [−1, extent] count: those of a region far larger than the map are not gone through
                boolean forward = bin > 0;
                double least = forward ? Math.max(0, Math.floor((-1.0 - from) / bin * samples - 2)) : 0;
                double most = forward ? Math.min(samples, Math.ceil((extent - from) / bin * samples + 2)) : samples;
                for (int k = 0; k < most - least; k++) {
                    double middle = to.round(to.round(least + k) + 0.5);
                    double within = to.round(to.round(middle * bin) / to.round(samples));
                    add(b, to.round(from + within), 1 / samples);
                }
            }
        }
    }

    private void add(int bin, double position, double share) {
        if (position < -1 || position > extent) {
            return;
        }
        double at = Math.max(position, 0);
        int low = Math.min((int) at, extent - 1);
        double fraction = low == extent - 1 ? 0 : at - low;
        weights[bin * extent + low] += share * (1 - fraction);
        first[bin] = Math.min(first[bin], low);
        end[bin] = Math.max(end[bin], low + 1);
        if (fraction > 0) {
            weights[bin * extent + low + 1] += share * fraction;
            end[bin] = Math.max(end[bin], low + 2);
        }
    }

    /** The weights of all bins (bins, extent); no copy. */
    double[] matrix() {
        return weights;
    }

    /** The first cell that counts for a bin. */
    public int first(int bin) {
        return first[bin];
    }

    /** One more than the last cell that counts for a bin. */
    public int end(int bin) {
        return end[bin];
    }

    /** How much a cell counts for a bin. */
    public double weight(int bin, int cell) {
        return weights[bin * extent + cell];
    }
}
