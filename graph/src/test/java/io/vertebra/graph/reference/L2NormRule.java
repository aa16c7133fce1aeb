package io.vertebra.graph.reference;

import io.vertebra.graph.op.L2Norm;

/** {@code y_c = s_c · x_c / max(|x|, ε)} in each cell; below ε the divisor is constant. */
record L2NormRule(L2Norm op, Site site) implements Rule {

    @Override
    public double[] forward() {
        double[] x = site.x(0);
        double[] s = site.parameter("scale_weight");
        double[] y = new double[x.length];
        for (int cell = 0; cell < cells(); cell++) {
            double divisor = Math.max(length(cell), op.epsilon());
            for (int c = 0; c < s.length; c++) {
                int i = element(cell, c);
                y[i] = s[c] * x[i] / divisor;
            }
        }
        return y;
    }

    /** With l = |x| above ε: {@code dx_k = dy_k · s_k / l − x_k · Σ dy_c · s_c · x_c / l³}. */
    @Override
    public void backward(double[] dy) {
        double[] x = site.x(0);
        double[] dx = site.dx(0);
        double[] s = site.parameter("scale_weight");
        double[] ds = site.parameterGradient("scale_weight");
        for (int cell = 0; cell < cells(); cell++) {
            double length = length(cell);
            double divisor = Math.max(length, op.epsilon());
            double sum = 0;
            for (int c = 0; c < s.length; c++) {
                int i = element(cell, c);
                ds[c] += dy[i] * x[i] / divisor;
                dx[i] += dy[i] * s[c] / divisor;
                sum += dy[i] * s[c] * x[i];
            }
            for (int c = 0; c < s.length && length > op.epsilon(); c++) {
                int i = element(cell, c);
                dx[i] -= x[i] * sum / (length * length * length);
            }
        }
    }

    private double length(int cell) {
        double squares = 0;
        for (int c = 0; c < site.shape.c(); c++) {
            double value = site.x(0)[element(cell, c)];
            squares += value * value;
        }
        return Math.sqrt(squares);
    }

    /** Over all pictures. */
    private int cells() {
        return site.shape.n() * Planes.area(site.shape);
    }

    private int element(int cell, int channel) {
        int area = Planes.area(site.shape);
        return (cell / area * site.shape.c() + channel) * area + cell % area;
    }
}
