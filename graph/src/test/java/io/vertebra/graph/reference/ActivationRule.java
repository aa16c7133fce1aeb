package io.vertebra.graph.reference;

import io.vertebra.graph.op.Activation;

/** A function of each element; at a kink, and of the cuts within it, the derivative is that of the flat or lower side. */
record ActivationRule(Activation op, Site site) implements Rule {

    @Override
    public double[] forward() {
        double[] y = site.x(0).clone();
        for (int i = 0; i < y.length; i++) {
            y[i] = value(y[i]);
        }
        return y;
    }

    @Override
    public void backward(double[] dy) {
        double[] x = site.x(0);
        double[] dx = site.dx(0);
        for (int i = 0; i < dy.length; i++) {
            dx[i] += dy[i] * derivative(x[i]);
        }
    }

    private double value(double x) {
        return switch (op.function()) {
            case RELU -> Math.max(x, 0);
            case RELU6 -> Math.min(Math.max(x, 0), 6);
            case LEAKY_RELU -> x > 0 ? x : Activation.LEAK * x;
            case SILU -> x * sigmoid(x);
            case SIGMOID -> sigmoid(x);
            case TANH -> Math.tanh(x);
            case HARD_SWISH -> x * hardSigmoid(x);
            case HARD_SIGMOID -> hardSigmoid(x);
            case GELU -> x * normalShare(x);
        };
    }

    private double derivative(double x) {
        return switch (op.function()) {
            case RELU -> x > 0 ? 1 : 0;
            case RELU6 -> x > 0 && x < 6 ? 1 : 0;
            case LEAKY_RELU -> x > 0 ? 1 : Activation.LEAK;
            case SILU -> sigmoid(x) * (1 + x * (1 - sigmoid(x)));
            case SIGMOID -> sigmoid(x) * (1 - sigmoid(x));
            case TANH -> 1 - Math.tanh(x) * Math.tanh(x);
            case HARD_SWISH -> hardSigmoid(x) + x * hardSigmoidSlope(x);
            case HARD_SIGMOID -> hardSigmoidSlope(x);
            case GELU -> normalShare(x) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
        };
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double hardSigmoid(double x) {
        return Math.min(Math.max(x + 3, 0), 6) / 6;
    }

    private static double hardSigmoidSlope(double x) {
        return x > -3 && x < 3 ? 1.0 / 6 : 0;
    }

    /** The share of a standard normal distribution below a number. */
    private static double normalShare(double x) {
        return (1 + ErrorFunction.of(x / Math.sqrt(2))) / 2;
    }
}
