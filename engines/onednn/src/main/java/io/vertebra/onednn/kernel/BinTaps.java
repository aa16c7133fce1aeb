package io.vertebra.onednn.kernel;

import io.vertebra.graph.region.RoiAlignment;
import io.vertebra.graph.region.SampleAxis;

/** One axis of a region: the cells that count for each of its bins, by their places in memory, with their shares. */
final class BinTaps {
    private final SampleAxis axis;
    private final int bins;
    private final int extent;
    private final int stride;
    private final int[] counts;
    private final int[] places;
    private final float[] shares;

    /**
     * For so many bins.
     *
     * @param extent cells of the map along the axis
     * @param stride elements from one to the next
     */
    BinTaps(int bins, int extent, int stride) {
        this.axis = new SampleAxis(bins, extent);
        this.bins = bins;
        this.extent = extent;
        this.stride = stride;
        this.counts = new int[bins];
        this.places = new int[Math.multiplyExact(bins, extent)];
        this.shares = new float[places.length];
    }

    /** One bin of one cell. */
    static BinTaps ofOneCell() {
        BinTaps taps = new BinTaps(1, 1, 1);
        taps.shares[0] = 1;
        taps.counts[0] = 1;
        return taps;
    }

    /** Moves to a region from one place to another. */
    void set(RoiAlignment op, float from, float to) {
        op.set(axis, from, to);
        for (int bin = 0; bin < bins; bin++) {
            int at = first(bin);
            for (int cell = axis.first(bin); cell < axis.end(bin); cell++) {
                double share = axis.weight(bin, cell);
                if (share != 0) {
                    places[at] = cell * stride;
                    shares[at++] = (float) share;
                }
            }
            counts[bin] = at - first(bin);
        }
    }

    /** Where the cells of a bin begin. */
    int first(int bin) {
        return bin * extent;
    }

    /** Where they end. */
    int end(int bin) {
        return first(bin) + counts[bin];
    }

    /** The place of a cell, counted from the first of the map. */
    int place(int index) {
        return places[index];
    }

    /** How much it counts. */
    float share(int index) {
        return shares[index];
    }
}
