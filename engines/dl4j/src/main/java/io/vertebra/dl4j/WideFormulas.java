package io.vertebra.dl4j;

import io.vertebra.graph.engine.Optimizer;

/** The arithmetic of {@link io.vertebra.graph.engine.UpdateFormulas} in float64, for sessions that compute in it. */
final class WideFormulas {
    private WideFormulas() {}

    static double squares(double[] gradient) {
        double sum = 0;
        for (double g : gradient) {
            sum += g * g;
        }
        return sum;
    }

    static void sgd(
            Optimizer.Sgd rule, double[] w, double[] gradient, double[] m, double scale, double rate, double decay) {
        for (int i = 0; i < w.length; i++) {
            double g = scale * gradient[i] + decay * w[i];
            double step = g;
            if (rule.momentum() > 0) {
                m[i] = rule.momentum() * m[i] + g;
                step = rule.nesterov() ? g + rule.momentum() * m[i] : m[i];
            }
            w[i] -= rate * step;
        }
    }

    static void adamW(
            Optimizer.AdamW rule,
            double[] w,
            double[] gradient,
            double[] m,
            double[] v,
            double scale,
            double rate,
            double decay,
            long step) {
        double stepSize = rate / (1 - Math.pow(rule.beta1(), (double) (step + 1)));
        double correction = 1 / Math.sqrt(1 - Math.pow(rule.beta2(), (double) (step + 1)));
        for (int i = 0; i < w.length; i++) {
            double g = scale * gradient[i];
            m[i] = rule.beta1() * m[i] + (1 - rule.beta1()) * g;
            v[i] = rule.beta2() * v[i] + (1 - rule.beta2()) * g * g;
            w[i] = (1 - rate * decay) * w[i] - stepSize * m[i] / (Math.sqrt(v[i]) * correction + rule.epsilon());
        }
    }

    static void ema(double[] average, double[] value, double decay) {
        for (int i = 0; i < average.length; i++) {
            average[i] = decay * average[i] + (1 - decay) * value[i];
        }
    }
}
