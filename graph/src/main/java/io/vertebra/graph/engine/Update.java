package io.vertebra.graph.engine;

import io.vertebra.graph.op.Check;

/**
 * How a session changes its weights; compiled into its plans.
 *
 * @param optimizer the rule
 * @param clipNorm gradients whose global norm is larger are scaled down to it; 0: never
 * @param emaDecay share of the old value in the moving average of all parameters and buffers; 0: none is kept
 */
public record Update(Optimizer optimizer, double clipNorm, double emaDecay) {

    /** Checks the numbers. */
    public Update {
        Check.that(clipNorm >= 0, "clip_norm", "must not be negative, is %s", clipNorm);
        Check.that(emaDecay >= 0 && emaDecay < 1, "decay", "must lie in [0, 1), is %s", emaDecay);
    }

    /** The rule alone. */
    public static Update of(Optimizer optimizer) {
        return new Update(optimizer, 0, 0);
    }

    /** Whether a moving average is kept. */
    public boolean hasEma() {
        return emaDecay > 0;
    }
}
