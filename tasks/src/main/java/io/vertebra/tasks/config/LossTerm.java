package io.vertebra.tasks.config;

import io.vertebra.graph.op.Check;
import java.util.LinkedHashMap;
import java.util.Map;

/** One part of a loss; its key {@code name} picks one of {@link #NAMES}. A head takes those of its own task. */
public sealed interface LossTerm {

    /** The terms by name. */
    Map<String, Class<? extends LossTerm>> NAMES = names();

    private static Map<String, Class<? extends LossTerm>> names() {
        Map<String, Class<? extends LossTerm>> names = new LinkedHashMap<>();
        names.put("cross_entropy", CrossEntropy.class);
        names.put("ohem", Ohem.class);
        names.put("dice", Dice.class);
        names.put("hard_negatives", HardNegatives.class);
        names.put("focal", Focal.class);
        names.put("smooth_l1", SmoothL1.class);
        names.put("rpn_cross_entropy", RpnCrossEntropy.class);
        names.put("rpn_smooth_l1", RpnSmoothL1.class);
        return names;
    }

    /** Its key in {@link #NAMES}. */
    default String name() {
        return NAMES.entrySet().stream()
                .filter(e -> e.getValue() == getClass())
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    /** What it is multiplied by in the sum. */
    Double weight();

    /** Softmax cross entropy of a classifier, of every pixel, or of the regions of a two-stage detector. */
    record CrossEntropy(Double weight) implements LossTerm {
        /** Fills in and checks. */
        public CrossEntropy {
            weight = LossTerm.checked(weight);
        }
    }

    /**
     * Cross entropy of the hardest pixels only (arXiv:1604.03540), as mmseg's sampler chooses them.
     *
     * @param threshold pixels whose class has less probability than this count
     * @param minKept pixels of a picture that count at least
     */
    record Ohem(Double weight, Double threshold, Integer minKept) implements LossTerm {
        /** Fills in and checks. */
        public Ohem {
            weight = LossTerm.checked(weight);
            threshold = Default.of(threshold, 0.7);
            minKept = Default.of(minKept, 100_000);
            Check.that(threshold > 0 && threshold <= 1, "threshold", "must lie in (0, 1], is %s", threshold);
            Check.atLeast(1, "min_kept", minKept);
        }
    }

    /**
     * One minus the overlap of each class (arXiv:1606.04797).
     *
     * @param smooth added above and below the line
     */
    record Dice(Double weight, Double smooth) implements LossTerm {
        /** Fills in and checks. */
        public Dice {
            weight = LossTerm.checked(weight);
            smooth = Default.of(smooth, 1.0);
            Check.that(smooth > 0 && Double.isFinite(smooth), "smooth", "must be above 0, is %s", smooth);
        }
    }

    /**
     * Softmax cross entropy of matched anchors and of the hardest background (SSD, arXiv:1512.02325).
     *
     * @param ratio background anchors for each matched one
     * @param minNegatives background anchors of a picture at least
     */
    record HardNegatives(Double weight, Double ratio, Integer minNegatives) implements LossTerm {
        /** Fills in and checks. */
        public HardNegatives {
            weight = LossTerm.checked(weight);
            ratio = Default.of(ratio, 3.0);
            minNegatives = Default.of(minNegatives, 0);
            Check.that(ratio >= 0 && Double.isFinite(ratio), "ratio", "must not be negative, is %s", ratio);
            Check.atLeast(0, "min_negatives", minNegatives);
        }
    }

    /**
     * Focal loss of every class of every anchor (arXiv:1708.02002).
     *
     * @param alpha weight of wanted against unwanted classes; negative: alike
     * @param gamma how far easy answers are turned down; 0: plain binary cross entropy
     */
    record Focal(Double weight, Double alpha, Double gamma) implements LossTerm {
        /** Fills in and checks. */
        public Focal {
            weight = LossTerm.checked(weight);
            alpha = Default.of(alpha, 0.25);
            gamma = Default.of(gamma, 2.0);
            Check.that(alpha <= 1, "alpha", "must be at most 1, is %s", alpha);
            Check.that(gamma >= 0 && Double.isFinite(gamma), "gamma", "must not be negative, is %s", gamma);
        }
    }

    /**
     * Smooth L1 distance of the encoded boxes of a dense detector's matched anchors, or of a two-stage detector's regions.
     *
     * @param beta where the square ends; 0: plain L1
     */
    record SmoothL1(Double weight, Double beta) implements LossTerm {
        /** Fills in and checks. */
        public SmoothL1 {
            weight = LossTerm.checked(weight);
            beta = LossTerm.checkedBeta(beta, 1.0);
        }
    }

    /** Cross entropy of the anchors that a two-stage detector's region proposal network learns of. */
    record RpnCrossEntropy(Double weight) implements LossTerm {
        /** Fills in and checks. */
        public RpnCrossEntropy {
            weight = LossTerm.checked(weight);
        }
    }

    /**
     * Smooth L1 distance of the encoded boxes of a region proposal network's matched anchors.
     *
     * @param beta where the square ends; 0: plain L1
     */
    record RpnSmoothL1(Double weight, Double beta) implements LossTerm {
        /** Fills in and checks. */
        public RpnSmoothL1 {
            weight = LossTerm.checked(weight);
            beta = LossTerm.checkedBeta(beta, 1.0 / 9);
        }
    }

    private static Double checkedBeta(Double given, double otherwise) {
        double beta = Default.of(given, otherwise);
        Check.that(beta >= 0 && Double.isFinite(beta), "beta", "must not be negative, is %s", beta);
        return beta;
    }

    private static Double checked(Double given) {
        double weight = Default.of(given, 1.0);
        Check.that(weight > 0 && Double.isFinite(weight), "weight", "must be above 0, is %s", weight);
        return weight;
    }
}
