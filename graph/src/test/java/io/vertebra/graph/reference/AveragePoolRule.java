package io.vertebra.graph.reference;

import io.vertebra.graph.op.AveragePool;

/** The sum of each window over its number of cells, with or without the padded ones. */
record AveragePoolRule(AveragePool op, Site site) implements Rule {

    @Override
    public double[] forward() {
        double[] x = site.x(0);
        double[] y = new double[(int) site.shape.elements()];
        PoolWindow window = window();
        window.each((cell, plane, top, bottom, left, right, paddedArea) -> {
            for (int row = top; row < bottom; row++) {
                for (int column = left; column < right; column++) {
                    y[cell] += x[window.index(plane, row, column)];
                }
            }
            y[cell] /= op.countPadding() ? paddedArea : (bottom - top) * (right - left);
        });
        return y;
    }

    @Override
    public void backward(double[] dy) {
        double[] dx = site.dx(0);
        PoolWindow window = window();
        window.each((cell, plane, top, bottom, left, right, paddedArea) -> {
            double share = dy[cell] / (op.countPadding() ? paddedArea : (bottom - top) * (right - left));
            for (int row = top; row < bottom; row++) {
                for (int column = left; column < right; column++) {
                    dx[window.index(plane, row, column)] += share;
                }
            }
        });
    }

    private PoolWindow window() {
        return PoolWindow.of(site, op.kernel(), op.stride(), op.padding());
    }
}
