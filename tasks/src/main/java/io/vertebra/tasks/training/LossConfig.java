package io.vertebra.tasks.training;

import io.vertebra.graph.op.Check;

/**
 * The section {@code train.loss}.
 *
 * @param labelSmoothing share of the wanted probability that is spread over all classes, in [0, 1)
 */
public record LossConfig(Double labelSmoothing) {

    /** Fills in and checks. */
    public LossConfig {
        labelSmoothing = Default.of(labelSmoothing, 0.0);
        Check.that(
                labelSmoothing >= 0 && labelSmoothing < 1,
                "label_smoothing",
                "must lie in [0, 1), is %s",
                labelSmoothing);
    }
}
