package io.vertebra.onednn.kernel;

/** The cells of one bin of a region: their places, counted from the first of the map, and how much each counts. */
final class BinCells {
    private final int[] places;
    private final float[] shares;
    private int count;

    /** For bins of maps of so many cells. */
    BinCells(int most) {
        this.places = new int[most];
        this.shares = new float[most];
    }

    /** Moves to the bin of a row and a column of bins. */
    void set(BinTaps rows, int p, BinTaps columns, int q) {
        int at = 0;
        for (int i = rows.first(p); i < rows.end(p); i++) {
            for (int j = columns.first(q); j < columns.end(q); j++) {
                places[at] = rows.place(i) + columns.place(j);
                shares[at++] = rows.share(i) * columns.share(j);
            }
        }
        count = at;
    }

    int count() {
        return count;
    }

    /** The first {@link #count()} count. */
    int[] places() {
        return places;
    }

    /** The first {@link #count()} count. */
    float[] shares() {
        return shares;
    }
}
