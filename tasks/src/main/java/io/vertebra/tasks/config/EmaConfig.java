package io.vertebra.tasks.config;

import io.vertebra.graph.op.Check;

/**
 * The section {@code train.ema}: a moving average of the weights, which is evaluated and delivered in their place.
 *
 * @param decay share of the old average that each update keeps, in [0, 1); 0: no average
 */
public record EmaConfig(Double decay) {

    /** Fills in and checks. */
    public EmaConfig {
        decay = Default.of(decay, 0.0);
        Check.that(decay >= 0 && decay < 1, "decay", "must lie in [0, 1), is %s", decay);
    }
}
