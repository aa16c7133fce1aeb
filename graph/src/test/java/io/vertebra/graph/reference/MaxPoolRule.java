package io.vertebra.graph.reference;

import io.vertebra.graph.op.MaxPool;

/** The largest value of each window; the first of equal ones, row by row, gets the gradient. */
final class MaxPoolRule implements Rule {
    private final MaxPool op;
    private final Site site;
    private int[] winners;

    MaxPoolRule(MaxPool op, Site site) {
        this.op = op;
        this.site = site;
    }

    @Override
    public double[] forward() {
        double[] x = site.x(0);
        double[] y = new double[(int) site.shape.elements()];
        winners = new int[y.length];
        PoolWindow window = PoolWindow.of(site, op.kernel(), op.stride(), op.padding());
        window.each((cell, plane, top, bottom, left, right, paddedArea) -> {
            y[cell] = Double.NEGATIVE_INFINITY;
            for (int row = top; row < bottom; row++) {
                for (int column = left; column < right; column++) {
                    int at = window.index(plane, row, column);
                    if (x[at] > y[cell]) {
                        y[cell] = x[at];
                        winners[cell] = at;
                    }
                }
            }
        });
        return y;
    }

    @Override
    public void backward(double[] dy) {
        double[] dx = site.dx(0);
        for (int cell = 0; cell < dy.length; cell++) {
            dx[winners[cell]] += dy[cell];
        }
    }
}
