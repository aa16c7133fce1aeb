package io.vertebra.dl4j;

import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.RoiAlign;

/**
 * How the cells of one axis make others: a matrix (made, cells), row by row. A map is resized, or a region cut from it, by
 * one for its rows and one for its columns; the gradient goes back through their transposes.
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
                axis.addBetween(i, made == 1 ? 0 : (double) i * (cells - 1) / (made - 1), 1);
            } else {
                axis.addBetween(i, (i + 0.5) * cells / made - 0.5, 1);
            }
        }
        return axis.matrix;
    }

    /** The bins of a region that reaches from one place of the picture to another: each the mean of its samples. */
    static double[] binned(RoiAlign op, int cells, int bins, double from, double to) {
        Interpolation axis = new Interpolation(cells, bins);
        double shift = op.aligned() ? 0.5 : 0;
        double start = from * op.scale() - shift;
        double side = to * op.scale() - shift - start;
        double bin = (op.aligned() ? side : Math.max(side, 1)) / bins;
        double samples = op.samplingRatio() > 0 ? op.samplingRatio() : Math.ceil(bin);
        for (int i = 0; i < bins; i++) {
            double first = 0;
            double count = samples;
            if (op.samplingRatio() == 0) {
                // those on the map, two a cell at most: the region may be any number of cells long
                first = Math.max(0, Math.floor((-1 - start - i * bin) * samples / bin) - 1);
                count = Math.min(samples - first, 2.0 * cells + 6);
            }
            for (int k = 0; k < count; k++) {
                double at = start + bin * (i + (first + k + 0.5) / samples);
                if (at >= -1 && at <= cells) {
                    axis.addBetween(i, at, 1 / samples);
                }
            }
        }
        return axis.matrix;
    }

    /** What lies between two cells; the first and the last go on beyond the ends. */
    private void addBetween(int row, double place, double weight) {
        double at = Math.min(Math.max(place, 0), cells - 1);
        int below = (int) at;
        double fraction = at - below;
        add(row, below, weight * (1 - fraction));
        add(row, Math.min(below + 1, cells - 1), weight * fraction);
    }

    private void add(int row, int cell, double weight) {
        matrix[row * cells + cell] += weight;
    }
}
