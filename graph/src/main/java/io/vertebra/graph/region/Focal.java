package io.vertebra.graph.region;

/** Focal loss of one logit; see {@link BoxLosses#sigmoidFocal}. */
public final class Focal {
    private Focal() {}

    /** The loss of logit x for target t. */
    public static double value(double x, double t, double alpha, double gamma) {
        return balance(t, alpha) * crossEntropy(x, t) * Math.pow(miss(x, t), gamma);
    }

    /** Its derivative for x. */
    public static double slope(double x, double t, double alpha, double gamma) {
        double p = sigmoid(x);
        double miss = miss(x, t);
        double slope = Math.pow(miss, gamma) * (p - t);
        if (gamma > 0 && miss > 0) {
            double missSlope = (1 - 2 * t) * p * sigmoid(-x);
            slope += crossEntropy(x, t) * gamma * Math.pow(miss, gamma - 1) * missSlope;
        }
        return balance(t, alpha) * slope;
    }

    private static double balance(double t, double alpha) {
        return alpha < 0 ? 1 : alpha * t + (1 - alpha) * (1 - t);
    }

    /** 1 − p_t, without the loss of digits of a difference. */
    private static double miss(double x, double t) {
        return sigmoid(x) * (1 - t) + sigmoid(-x) * t;
    }

    private static double crossEntropy(double x, double t) {
        return Math.max(x, 0) - x * t + Math.log1p(Math.exp(-Math.abs(x)));
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
