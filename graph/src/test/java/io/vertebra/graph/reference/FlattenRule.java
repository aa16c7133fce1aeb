package io.vertebra.graph.reference;

/** The same elements in the same order. */
record FlattenRule(Site site) implements Rule {

    @Override
    public double[] forward() {
        return site.x(0).clone();
    }

    @Override
    public void backward(double[] dy) {
        double[] dx = site.dx(0);
        for (int i = 0; i < dy.length; i++) {
            dx[i] += dy[i];
        }
    }
}
