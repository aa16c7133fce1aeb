package io.vertebra.tasks.config;

import io.vertebra.graph.op.Check;

/**
 * The section {@code train.freeze}.
 *
 * @param stages how many levels of the backbone, counted from the picture (the stem is the first), stay as they are: parameters
 *     and statistics; layers between the last level and a classifier count as one more
 * @param normStatistics whether all batch norms of the backbone use and keep the statistics that they have
 */
public record FreezeConfig(Integer stages, Boolean normStatistics) {

    /** Fills in and checks. */
    public FreezeConfig {
        stages = Default.of(stages, 0);
        normStatistics = Default.of(normStatistics, false);
        Check.atLeast(0, "stages", stages);
    }
}
