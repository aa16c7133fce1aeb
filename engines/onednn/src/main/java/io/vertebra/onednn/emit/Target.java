package io.vertebra.onednn.emit;

import io.vertebra.graph.engine.Counter;
import io.vertebra.graph.engine.Precision;

/**
 * What a session lowers for, the same for all its plans.
 *
 * @param precision of the computation
 * @param block channels of a block of the trunk
 * @param movesStatistics whether norms move their running statistics in training form
 * @param counter the pass that runs, for random numbers
 */
public record Target(Precision precision, int block, boolean movesStatistics, Counter counter) {}
