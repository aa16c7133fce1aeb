package io.vertebra.tasks.training;

import io.vertebra.graph.op.Check;

/**
 * The section {@code evaluate}.
 *
 * @param batchSize pictures in one pass through the network
 * @param everyEpochs epochs between two evaluations in training; 0: not by epochs
 * @param everyIterations updates between two evaluations in training; 0: not by updates. The end is always evaluated
 * @param best metric that says which weights are best; left out: the main one of the task
 * @param keep how many of the best checkpoints are kept, beside the two newest
 * @param patience evaluations without a better one after which training ends; 0: it goes on to its end
 */
public record EvaluateConfig(
        Integer batchSize, Integer everyEpochs, Integer everyIterations, String best, Integer keep, Integer patience) {

    /** Fills in and checks. */
    public EvaluateConfig {
        batchSize = Default.of(batchSize, 32);
        everyIterations = Default.of(everyIterations, 0);
        everyEpochs = Default.of(everyEpochs, everyIterations > 0 ? 0 : 1);
        best = Default.of(best, "");
        keep = Default.of(keep, 2);
        patience = Default.of(patience, 0);
        Check.atLeast(1, "batch_size", batchSize);
        Check.atLeast(0, "every_epochs", everyEpochs);
        Check.atLeast(0, "every_iterations", everyIterations);
        Check.atLeast(1, "keep", keep);
        Check.atLeast(0, "patience", patience);
    }

    /** Everything by default. */
    public static EvaluateConfig defaults() {
        return new EvaluateConfig(null, null, null, null, null, null);
    }
}
