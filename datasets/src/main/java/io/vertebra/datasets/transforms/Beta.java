package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Check;
import java.util.random.RandomGenerator;

/** Draws from the symmetric beta distribution, the mixing weight of Mixup and CutMix. */
final class Beta {

    private Beta() {}

    /** The value of a key {@code alpha}, which may be left out. */
    static double alpha(Double given, double byDefault) {
        double alpha = Check.or(given, byDefault);
        Check.that(alpha > 0 && Double.isFinite(alpha), "alpha", "must be above 0, is %s", alpha);
        return alpha;
    }

    /** A number in [0, 1] with density ∝ (x (1 − x))^(alpha − 1). */
    static double draw(double alpha, RandomGenerator random) {
        double a = logGamma(alpha, random);
        double b = logGamma(alpha, random);
        return 1 / (1 + StrictMath.exp(b - a)); // in logarithms: gammas of small alpha underflow
    }

    /** The logarithm of a gamma variate; Marsaglia and Tsang 2000, raised to alpha + 1 and taken back as their section 6 says. */
    private static double logGamma(double alpha, RandomGenerator random) {
        double d = alpha + 1 - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double v = 1 + c * x;
            if (v > 0) {
                double cube = v * v * v;
                double u = 1 - random.nextDouble();
                if (StrictMath.log(u) < 0.5 * x * x + d - d * cube + d * StrictMath.log(cube)) {
                    return StrictMath.log(d * cube) + StrictMath.log(1 - random.nextDouble()) / alpha;
                }
            }
        }
    }
}
