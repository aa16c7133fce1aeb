package io.vertebra.tasks.segmentation;

import io.vertebra.images.Size;

/**
 * Logits at another size, bilinear as the operator {@link io.vertebra.graph.op.Resize}; holds two rows of what it is made from.
 */
final class Enlarged implements LogitRows {
    private final LogitRows source;
    private final int height;
    private final Axis rows;
    private final Axis columns;
    private final float[][] kept;
    private final int[] keptRow = {-1, -1};
    private final float[] mixed;

    private Enlarged(LogitRows source, Size size, boolean alignCorners) {
        this.source = source;
        this.height = size.height();
        this.rows = Axis.of(source.height(), size.height(), alignCorners);
        this.columns = Axis.of(source.width(), size.width(), alignCorners);
        int length = Math.multiplyExact(source.classes(), source.width());
        this.kept = new float[2][length];
        this.mixed = new float[length];
    }

    /** The logits at a size. */
    static LogitRows of(LogitRows source, Size size, boolean alignCorners) {
        boolean same = source.height() == size.height() && source.width() == size.width();
        return same ? source : new Enlarged(source, size, alignCorners);
    }

    /**
     * Where each place of an axis lies in the source.
     *
     * @param low the place at or before it
     * @param high the place after it, the same at the end
     * @param share of the latter
     */
    @SuppressWarnings("ArrayRecordComponent") // a table, compared by no one
    private record Axis(int[] low, int[] high, float[] share) {
        static Axis of(int from, int to, boolean alignCorners) {
            int[] low = new int[to];
            int[] high = new int[to];
            float[] share = new float[to];
            for (int i = 0; i < to; i++) {
                double place = place(i, from, to, alignCorners);
                low[i] = (int) place;
                high[i] = Math.min(low[i] + 1, from - 1);
                share[i] = (float) (place - low[i]);
            }
            return new Axis(low, high, share);
        }

        /** In double: floats are a thousandth off at the far end of a long picture. */
        private static double place(int i, int from, int to, boolean alignCorners) {
            if (alignCorners) {
                return to == 1 ? 0 : (double) i * (from - 1) / (to - 1);
            }
            return Math.max(0, (i + 0.5) * from / to - 0.5);
        }

        int length() {
            return low.length;
        }
    }

    @Override
    public int classes() {
        return source.classes();
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public int width() {
        return columns.length();
    }

    @Override
    public void row(int y, float[] out) {
        float[] values = between(y);
        int from = source.width();
        int to = width();
        for (int k = 0; k < classes(); k++) {
            int base = k * from;
            for (int x = 0; x < to; x++) {
                float left = values[base + columns.low[x]];
                float right = values[base + columns.high[x]];
                out[k * to + x] = left + columns.share[x] * (right - left);
            }
        }
    }

    /** The row of the source at the height of a row of this. */
    private float[] between(int y) {
        float share = rows.share[y];
        float[] above = kept(rows.low[y], rows.high[y]);
        if (share == 0) {
            return above;
        }
        float[] below = kept(rows.high[y], rows.low[y]);
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] = above[i] + share * (below[i] - above[i]);
        }
        return mixed;
    }

    /** A row of the source, read at most once while rows are asked for in order; the other one that is needed stays. */
    private float[] kept(int row, int other) {
        for (int slot = 0; slot < 2; slot++) {
            if (keptRow[slot] == row) {
                return kept[slot];
            }
        }
        int slot = keptRow[0] == other ? 1 : 0;
        source.row(row, kept[slot]);
        keptRow[slot] = row;
        return kept[slot];
    }
}
