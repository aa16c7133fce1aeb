package io.vertebra.graph.region;

/** Which rows (or columns) of a feature map each bin of a rounded region covers. */
final class PoolAxis {
    private final int[] first;
    private final int[] end;

    PoolAxis(int bins) {
        first = new int[bins];
        end = new int[bins];
    }

    /** C's {@code round}: halves away from 0. */
    static double round(float value) {
        return Math.copySign(Math.floor(Math.abs((double) value) + 0.5), value);
    }

    /** Bins of a region of this many whole cells; cells outside [0, {@code last}] are cut off. */
    void set(double start, double length, int last) {
        float bin = (float) length / first.length;
        for (int b = 0; b < first.length; b++) {
            first[b] = (int) Math.min(Math.max(Math.floor(b * bin) + start, 0), last);
            end[b] = (int) Math.min(Math.max(Math.ceil((b + 1) * bin) + start, 0), last);
        }
    }

    int first(int bin) {
        return first[bin];
    }

    int end(int bin) {
        return end[bin];
    }
}
