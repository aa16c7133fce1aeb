package io.vertebra.graph.reference;

/** {@code y = a + factor · b}. */
record ScaledAddRule(double factor, Site site) implements Rule {

    @Override
    public double[] forward() {
        double[] y = site.x(0).clone();
        double[] b = site.x(1);
        for (int i = 0; i < y.length; i++) {
            y[i] += factor * b[i];
        }
        return y;
    }

    @Override
    public void backward(double[] dy) {
        double[] da = site.dx(0);
        double[] db = site.dx(1);
        for (int i = 0; i < dy.length; i++) {
            da[i] += dy[i];
            db[i] += factor * dy[i];
        }
    }
}
