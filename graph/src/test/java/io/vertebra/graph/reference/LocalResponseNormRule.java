package io.vertebra.graph.reference;

import io.vertebra.graph.op.LocalResponseNorm;

/** {@code y_c = x_c · s_c^−β} in each cell, with {@code s_c = k + α/size · Σ x²} over the neighbours of c. */
record LocalResponseNormRule(LocalResponseNorm op, Site site) implements Rule {

    @Override
    public double[] forward() {
        double[] x = site.x(0);
        double[] y = new double[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = x[i] * Math.pow(base(i), -op.beta());
        }
        return y;
    }

    /** x_m stands above y_m, and in the base of each y_c whose neighbour m is. */
    @Override
    public void backward(double[] dy) {
        double[] x = site.x(0);
        double[] dx = site.dx(0);
        for (int i = 0; i < dy.length; i++) {
            double base = base(i);
            dx[i] += dy[i] * Math.pow(base, -op.beta());
            double ofBase = -op.beta() * dy[i] * x[i] * Math.pow(base, -op.beta() - 1);
            for (int m = first(i); m <= last(i); m++) {
                int other = inCellOf(i, m);
                dx[other] += ofBase * op.alpha() / op.size() * 2 * x[other];
            }
        }
    }

    private double base(int element) {
        double squares = 0;
        for (int m = first(element); m <= last(element); m++) {
            double value = site.x(0)[inCellOf(element, m)];
            squares += value * value;
        }
        return op.k() + op.alpha() / op.size() * squares;
    }

    private int first(int element) {
        return Math.max(0, channel(element) - op.size() / 2);
    }

    private int last(int element) {
        return Math.min(site.shape.c() - 1, channel(element) + (op.size() - 1) / 2);
    }

    private int channel(int element) {
        return element / Planes.area(site.shape) % site.shape.c();
    }

    private int inCellOf(int element, int channel) {
        return element + (channel - channel(element)) * Planes.area(site.shape);
    }
}
