package io.vertebra.graph.reference;

/** {@code y = a + b}. */
record AddRule(Site site) implements Rule {

    @Override
    public double[] forward() {
        double[] y = site.x(0).clone();
        double[] b = site.x(1);
        for (int i = 0; i < y.length; i++) {
            y[i] += b[i];
        }
        return y;
    }

    @Override
    public void backward(double[] dy) {
        for (int input = 0; input < 2; input++) {
            double[] dx = site.dx(input);
            for (int i = 0; i < dy.length; i++) {
                dx[i] += dy[i];
            }
        }
    }
}
