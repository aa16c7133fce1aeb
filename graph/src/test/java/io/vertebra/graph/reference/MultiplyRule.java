package io.vertebra.graph.reference;

/** {@code y = x · gate}; a gate (N, C, 1, 1) has one number a plane. */
record MultiplyRule(Site site) implements Rule {

    @Override
    public double[] forward() {
        double[] y = site.x(0).clone();
        for (int i = 0; i < y.length; i++) {
            y[i] *= site.x(1)[gate(i)];
        }
        return y;
    }

    @Override
    public void backward(double[] dy) {
        double[] x = site.x(0);
        double[] dx = site.dx(0);
        double[] dGate = site.dx(1);
        for (int i = 0; i < dy.length; i++) {
            dx[i] += dy[i] * site.x(1)[gate(i)];
            dGate[gate(i)] += dy[i] * x[i];
        }
    }

    private int gate(int element) {
        return element / (site.x(0).length / site.x(1).length);
    }
}
