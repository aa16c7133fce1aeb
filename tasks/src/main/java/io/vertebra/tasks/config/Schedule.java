package io.vertebra.tasks.config;

import io.vertebra.graph.op.Check;
import java.util.List;
import java.util.Map;

/**
 * The section {@code train.schedule}: the factor of the learning rate at each update. Its key {@code name} picks one of
 * {@link #NAMES}.
 *
 * <p>All begin with a linear warm-up, {@code f₀ + (1 − f₀) · step / warm-up}, and the decay of cosine and polynomial runs over the
 * rest: {@code t = (step − warm-up) / (steps − warm-up)}.
 */
public sealed interface Schedule {

    /** The schedules by name. */
    Map<String, Class<? extends Schedule>> NAMES = Map.of(
            "cosine", Cosine.class, "step", Step.class, "polynomial", Polynomial.class, "constant", Constant.class);

    /** The name in configs. */
    default String name() {
        return NAMES.entrySet().stream()
                .filter(entry -> entry.getValue() == getClass())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    /** Updates of the warm-up. */
    Integer warmupIterations();

    /** The factor at the first update of the warm-up. */
    Double warmupFactor();

    /** The factor after the warm-up. */
    double decay(long step, Horizon horizon);

    /** The factor of the learning rate at an update, counted from 0. */
    default double factor(long step, Horizon horizon) {
        double rise = step < warmupIterations() ? warmupFactor() + (1 - warmupFactor()) * step / warmupIterations() : 1;
        return rise * decay(step, horizon);
    }

    /**
     * Half a cosine wave: {@code f + (1 − f) · (1 + cos πt) / 2}. Loshchilov and Hutter, arXiv:1608.03983, without restarts.
     *
     * @param warmupIterations updates of linear warm-up
     * @param warmupFactor factor at the first of them
     * @param finalFactor f, the factor at the end
     */
    record Cosine(Integer warmupIterations, Double warmupFactor, Double finalFactor) implements Schedule {
        /** Fills in and checks. */
        public Cosine {
            warmupIterations = Default.of(warmupIterations, 0);
            warmupFactor = Default.of(warmupFactor, WARMUP_FACTOR);
            finalFactor = Default.of(finalFactor, 0.0);
            checkWarmup(warmupIterations, warmupFactor);
            checkFraction("final_factor", finalFactor);
        }

        @Override
        public double decay(long step, Horizon horizon) {
            double t = horizon.progress(step, warmupIterations);
            return finalFactor + (1 - finalFactor) * (1 + Math.cos(Math.PI * t)) / 2;
        }
    }

    /**
     * A factor γ at each milestone.
     *
     * @param milestones epochs, or iterations where {@code train.iterations} is given, in ascending order
     * @param gamma γ
     * @param warmupIterations updates of linear warm-up
     * @param warmupFactor factor at the first of them
     */
    record Step(List<Integer> milestones, Double gamma, Integer warmupIterations, Double warmupFactor)
            implements Schedule {
        /** Fills in and checks. */
        public Step {
            milestones = List.copyOf(Default.of(milestones, List.of()));
            gamma = Default.of(gamma, 0.1);
            warmupIterations = Default.of(warmupIterations, 0);
            warmupFactor = Default.of(warmupFactor, WARMUP_FACTOR);
            checkWarmup(warmupIterations, warmupFactor);
            checkFraction("gamma", gamma);
            for (int i = 0; i < milestones.size(); i++) {
                int least = i == 0 ? 1 : milestones.get(i - 1) + 1;
                Check.atLeast(least, "milestones[" + i + "]", milestones.get(i));
            }
        }

        @Override
        public double decay(long step, Horizon horizon) {
            double reached =
                    milestones.stream().filter(m -> horizon.stepOf(m) <= step).count();
            return Math.pow(gamma, reached);
        }
    }

    /**
     * {@code f + (1 − f) · (1 − t)^power}.
     *
     * @param power 1: a straight line
     * @param finalFactor f, the factor at the end
     * @param warmupIterations updates of linear warm-up
     * @param warmupFactor factor at the first of them
     */
    record Polynomial(Double power, Double finalFactor, Integer warmupIterations, Double warmupFactor)
            implements Schedule {
        /** Fills in and checks. */
        public Polynomial {
            power = Default.of(power, 0.9);
            finalFactor = Default.of(finalFactor, 0.0);
            warmupIterations = Default.of(warmupIterations, 0);
            warmupFactor = Default.of(warmupFactor, WARMUP_FACTOR);
            checkWarmup(warmupIterations, warmupFactor);
            checkFraction("final_factor", finalFactor);
            Check.that(power > 0 && power < Double.POSITIVE_INFINITY, "power", "must be above 0, is %s", power);
        }

        @Override
        public double decay(long step, Horizon horizon) {
            double t = horizon.progress(step, warmupIterations);
            return finalFactor + (1 - finalFactor) * Math.pow(1 - t, power);
        }
    }

    /**
     * The same rate throughout, after the warm-up.
     *
     * @param warmupIterations updates of linear warm-up
     * @param warmupFactor factor at the first of them
     */
    record Constant(Integer warmupIterations, Double warmupFactor) implements Schedule {
        /** Fills in and checks. */
        public Constant {
            warmupIterations = Default.of(warmupIterations, 0);
            warmupFactor = Default.of(warmupFactor, WARMUP_FACTOR);
            checkWarmup(warmupIterations, warmupFactor);
        }

        @Override
        public double decay(long step, Horizon horizon) {
            return 1;
        }
    }

    /** Detection recipes of torchvision begin with a thousandth. */
    double WARMUP_FACTOR = 1e-3;

    private static void checkWarmup(int iterations, double factor) {
        Check.atLeast(0, "warmup_iterations", iterations);
        checkFraction("warmup_factor", factor);
    }

    private static void checkFraction(String key, double value) {
        Check.that(value >= 0 && value <= 1, key, "must lie in [0, 1], is %s", value);
    }
}
