package io.vertebra.graph.engine;

/** The arithmetic of {@link Optimizer}, clipping and moving average on plain arrays: what every engine must compute. */
public final class UpdateFormulas {
    private UpdateFormulas() {}

    /** PyTorch's addend in {@code clip_grad_norm_}. */
    private static final double CLIP_EPSILON = 1e-6;

    /** The factor that brings a global norm down to the limit: {@code min(1, limit / (norm + 1e-6))}; 1 for no limit. */
    public static double clipFactor(double globalNorm, double limit) {
        return limit == 0 ? 1 : Math.min(1, limit / (globalNorm + CLIP_EPSILON));
    }

    /** The sum of the squares, in double. */
    public static double squares(float[] gradient) {
        double sum = 0;
        for (float g : gradient) {
            sum += (double) g * g;
        }
        return sum;
    }

    /** One step of {@link Optimizer.Sgd}; {@code m} is not touched without momentum. */
    public static void sgd(
            Optimizer.Sgd rule, float[] w, float[] gradient, float[] m, double scale, double rate, double decay) {
        float momentum = (float) rule.momentum();
        for (int i = 0; i < w.length; i++) {
            float g = (float) scale * gradient[i] + (float) decay * w[i];
            float step = g;
            if (momentum > 0) {
                m[i] = momentum * m[i] + g;
                step = rule.nesterov() ? g + momentum * m[i] : m[i];
            }
            w[i] -= (float) rate * step;
        }
    }

    /** One step of {@link Optimizer.AdamW}; {@code step} counts the updates before this one. */
    public static void adamW(
            Optimizer.AdamW rule,
            float[] w,
            float[] gradient,
            float[] m,
            float[] v,
            double scale,
            double rate,
            double decay,
            long step) {
        float beta1 = (float) rule.beta1();
        float beta2 = (float) rule.beta2();
        // 1 - 0.999f is off by 5e-5
        float take1 = (float) (1 - rule.beta1());
        float take2 = (float) (1 - rule.beta2());
        float stepSize = (float) (rate / (1 - Math.pow(rule.beta1(), (double) (step + 1))));
        float correction = (float) (1 / Math.sqrt(1 - Math.pow(rule.beta2(), (double) (step + 1))));
        float keep = (float) (1 - rate * decay);
        float epsilon = (float) rule.epsilon();
        for (int i = 0; i < w.length; i++) {
            float g = (float) scale * gradient[i];
            m[i] = beta1 * m[i] + take1 * g;
            v[i] = beta2 * v[i] + take2 * g * g;
            w[i] = keep * w[i] - stepSize * m[i] / ((float) Math.sqrt(v[i]) * correction + epsilon);
        }
    }

    /** {@code average = decay · average + (1 − decay) · value}. */
    public static void ema(float[] average, float[] value, double decay) {
        float keep = (float) decay;
        float take = (float) (1 - decay);
        for (int i = 0; i < average.length; i++) {
            average[i] = keep * average[i] + take * value[i];
        }
    }
}
