package io.vertebra.dl4j;

import io.vertebra.graph.op.Resize;

/**
 * How the cells of one axis make others: a matrix (made, cells), row by row. A map is resized by one for its rows and one
 * for its columns; the gradient goes back through their transposes.
 */
final class Interpolation {
    private final int cells;
    private final double[] matrix;

    private Interpolation(int cells, int made) {
        this.cells = cells;
        this.matrix = new double[Math.multiplyExact(cells, made)];
    }

    /** An axis at another size. */
    static double[] resized(Resize op, int cells, int made) {
        Interpolation axis = new Interpolation(cells, made);
        for (int i = 0; i < made; i++) {
            if (op.filter() == Resize.Filter.NEAREST) {
                axis.add(i, i * cells / made, 1); // below the length of the matrix
            } else if (op.alignCorners()) {
                axis.addBetween(i, made == 1 ? 0 : (double) i * (cells - 1) / (made - 1));
            } else {
                axis.addBetween(i, (i + 0.5) * cells / made - 0.5);
            }
        }
        return axis.matrix;
    }

    /** What lies between two cells; the first and the last go on beyond the ends. */
    private void addBetween(int row, double place) {
        double at = Math.min(Math.max(place, 0), cells - 1);
        int below = (int) at;
        double fraction = at - below;
        add(row, below, 1 - fraction);
        add(row, Math.min(below + 1, cells - 1), fraction);
    }

    private void add(int row, int cell, double weight) {
        matrix[row * cells + cell] += weight;
    }
}
