package io.vertebra.graph.reference;

import io.vertebra.graph.op.L2Norm;
import io.vertebra.graph.op.Shape;

/** {@code y_c = s_c · x_c / max(|x|, ε)} in each cell; below ε the divisor is constant. */
record L2NormRule(L2Norm op, Site site) implements Rule {

    @Override
    public double[] forward() {
        double[] x = site.x(0);
        double[] s = site.parameter("scale_weight");
        double[] y = new double[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = s[channel(i)] * x[i] / Math.max(length(i), op.epsilon());
        }
        return y;
    }

    @Override
    public void backward(double[] dy) {
        double[] x = site.x(0);
        double[] dx = site.dx(0);
        double[] s = site.parameter("scale_weight");
        double[] ds = site.parameterGradient("scale_weight");
        for (int i = 0; i < dy.length; i++) {
            double length = length(i);
            double divisor = Math.max(length, op.epsilon());
            ds[channel(i)] += dy[i] * x[i] / divisor;
            dx[i] += dy[i] * s[channel(i)] / divisor;
            for (int c = 0; c < s.length && length > op.epsilon(); c++) {
                int other = inCellOf(i, c);
                dx[other] -= dy[i] * s[channel(i)] * x[i] * x[other] / (length * length * length);
            }
        }
    }

    private double length(int element) {
        double squares = 0;
        for (int c = 0; c < site.shape.c(); c++) {
            double value = site.x(0)[inCellOf(element, c)];
            squares += value * value;
        }
        return Math.sqrt(squares);
    }

    private int channel(int element) {
        return element / Planes.area(site.shape) % site.shape.c();
    }

    private int inCellOf(int element, int channel) {
        Shape shape = site.shape;
        return element + (channel - channel(element)) * Planes.area(shape);
    }
}
