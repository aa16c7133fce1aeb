package io.vertebra.graph.reference;

/** Samples of each part one behind the other: what is joined is the outermost axis of a sample. */
record ConcatRule(Site site) implements Rule {

    @Override
    public double[] forward() {
        double[] y = new double[(int) site.shape.elements()];
        int before = 0;
        for (int part = 0; part < site.inputCount(); part++) {
            int length = sample(site.x(part).length);
            for (int n = 0; n < site.shape.n(); n++) {
                System.arraycopy(site.x(part), n * length, y, n * sample(y.length) + before, length);
            }
            before += length;
        }
        return y;
    }

    @Override
    public void backward(double[] dy) {
        int before = 0;
        for (int part = 0; part < site.inputCount(); part++) {
            double[] dx = site.dx(part);
            int length = sample(dx.length);
            for (int i = 0; i < dx.length; i++) {
                dx[i] += dy[i / length * sample(dy.length) + before + i % length];
            }
            before += length;
        }
    }

    private int sample(int elements) {
        return elements / site.shape.n();
    }
}
