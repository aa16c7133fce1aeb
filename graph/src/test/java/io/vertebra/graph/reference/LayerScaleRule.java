package io.vertebra.graph.reference;

/** {@code y = γ_c · x}. */
record LayerScaleRule(Site site) implements Rule {

    @Override
    public double[] forward() {
        double[] x = site.x(0);
        double[] gamma = site.parameter("gamma");
        double[] y = new double[x.length];
        Planes.each(site.shape, (plane, c, from, to) -> {
            for (int i = from; i < to; i++) {
                y[i] = gamma[c] * x[i];
            }
        });
        return y;
    }

    @Override
    public void backward(double[] dy) {
        double[] x = site.x(0);
        double[] dx = site.dx(0);
        double[] gamma = site.parameter("gamma");
        double[] dGamma = site.parameterGradient("gamma");
        Planes.each(site.shape, (plane, c, from, to) -> {
            for (int i = from; i < to; i++) {
                dx[i] += gamma[c] * dy[i];
                dGamma[c] += x[i] * dy[i];
            }
        });
    }
}
