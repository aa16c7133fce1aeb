package io.vertebra.dl4j.network;

import io.vertebra.graph.op.Resize;

/** Matrices by which an axis of cells becomes one of other cells, a row for each that is made. */
final class Axis {
    private Axis() {}

    /** Means of windows; the divisor counts the cells inside, or the padding too, but nothing behind it. */
    static double[][] windows(int cells, int made, int kernel, int stride, int before, int behind, boolean counted) {
        double[][] matrix = new double[made][cells];
        for (int i = 0; i < made; i++) {
            int from = i * stride - before;
            int to = Math.min(from + kernel, cells + behind);
            int first = Math.max(from, 0);
            int last = Math.min(to, cells);
            for (int cell = first; cell < last; cell++) {
                matrix[i][cell] = 1.0 / (counted ? to - from : last - first);
            }
        }
        return matrix;
    }

    /** Means of equal bins, which overlap where the cells cannot be divided. */
    static double[][] bins(int cells, int made) {
        double[][] matrix = new double[made][cells];
        for (int i = 0; i < made; i++) {
            int from = i * cells / made;
            int to = ((i + 1) * cells + made - 1) / made;
            for (int cell = from; cell < to; cell++) {
                matrix[i][cell] = 1.0 / (to - from);
            }
        }
        return matrix;
    }

    /** The formulas of {@link Resize}. */
    static double[][] resized(Resize op, int cells, int made) {
        double[][] matrix = new double[made][cells];
        for (int i = 0; i < made; i++) {
            if (op.filter() == Resize.Filter.NEAREST) {
                matrix[i][(int) ((long) i * cells / made)] = 1;
                continue;
            }
            double wanted = op.alignCorners()
                    ? (made == 1 ? 0 : (double) i * (cells - 1) / (made - 1))
                    : Math.max(0, (i + 0.5) * cells / made - 0.5);
            int below = Math.min((int) wanted, cells - 1);
            double share = Math.min(wanted, cells - 1) - below;
            matrix[i][below] += 1 - share;
            matrix[i][Math.min(below + 1, cells - 1)] += share;
        }
        return matrix;
    }
}
