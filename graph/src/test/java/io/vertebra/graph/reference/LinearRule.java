package io.vertebra.graph.reference;

import io.vertebra.graph.op.Linear;

/** {@code y[n,o] = b[o] + Σ w[o,c] · x[n,c]}. */
record LinearRule(Linear op, Site site) implements Rule {

    @Override
    public double[] forward() {
        int features = site.xShape(0).c();
        double[] x = site.x(0);
        double[] w = site.parameter("weight");
        double[] y = new double[(int) site.shape.elements()];
        for (int i = 0; i < y.length; i++) {
            int n = i / op.out();
            int o = i % op.out();
            double sum = op.bias() ? site.parameter("bias")[o] : 0;
            for (int c = 0; c < features; c++) {
                sum += w[o * features + c] * x[n * features + c];
            }
            y[i] = sum;
        }
        return y;
    }

    @Override
    public void backward(double[] dy) {
        int features = site.xShape(0).c();
        double[] x = site.x(0);
        double[] dx = site.dx(0);
        double[] w = site.parameter("weight");
        double[] dw = site.parameterGradient("weight");
        for (int i = 0; i < dy.length; i++) {
            int n = i / op.out();
            int o = i % op.out();
            for (int c = 0; c < features; c++) {
                dw[o * features + c] += dy[i] * x[n * features + c];
                dx[n * features + c] += dy[i] * w[o * features + c];
            }
            if (op.bias()) {
                site.parameterGradient("bias")[o] += dy[i];
            }
        }
    }
}
