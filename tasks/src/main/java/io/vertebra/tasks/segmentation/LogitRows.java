package io.vertebra.tasks.segmentation;

import io.vertebra.images.LabelMap;

/** A map of logits (K, H, W) that is read row by row, and made only then. For one thread. */
interface LogitRows {

    /** K. */
    int classes();

    /** H. */
    int height();

    /** W. */
    int width();

    /**
     * Writes one row.
     *
     * @param out (K, W), class by class
     */
    void row(int y, float[] out);

    /** The class of the largest logit of each pixel, the first of equal ones. */
    default LabelMap labels() {
        int width = width();
        byte[] labels = new byte[Math.multiplyExact(height(), width)];
        float[] row = new float[Math.multiplyExact(classes(), width)];
        float[] best = new float[width];
        for (int y = 0; y < height(); y++) {
            row(y, row);
            System.arraycopy(row, 0, best, 0, width);
            for (int k = 1; k < classes(); k++) {
                int from = k * width;
                for (int x = 0; x < width; x++) {
                    if (row[from + x] > best[x]) {
                        best[x] = row[from + x];
                        labels[y * width + x] = (byte) k;
                    }
                }
            }
        }
        return LabelMap.of(height(), width, labels);
    }

    /** The top left part. */
    default LogitRows cut(int height, int width) {
        return height == height() && width == width() ? this : new Cut(this, height, width);
    }

    /** Mirrored left to right. */
    default LogitRows mirrored() {
        return new Changed(this, RowChange.MIRROR);
    }

    /** The softmax of every pixel. */
    default LogitRows probabilities() {
        return new Changed(this, RowChange.SOFTMAX);
    }

    /** See {@link #cut}. */
    record Cut(LogitRows whole, int height, int width) implements LogitRows {
        @Override
        public int classes() {
            return whole.classes();
        }

        @Override
        public void row(int y, float[] out) {
            float[] row = new float[classes() * whole.width()];
            whole.row(y, row);
            for (int k = 0; k < classes(); k++) {
                System.arraycopy(row, k * whole.width(), out, k * width, width);
            }
        }
    }

    /** The same map with every row changed, (K, W), in place. */
    record Changed(LogitRows rows, RowChange change) implements LogitRows {
        @Override
        public int classes() {
            return rows.classes();
        }

        @Override
        public int height() {
            return rows.height();
        }

        @Override
        public int width() {
            return rows.width();
        }

        @Override
        public void row(int y, float[] out) {
            rows.row(y, out);
            change.apply(out, classes(), width());
        }
    }
}
