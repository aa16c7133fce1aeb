package io.vertebra.tasks.config;

/**
 * How long a training is, in updates.
 *
 * @param steps updates in all
 * @param stepsPerEpoch updates in one pass over the data
 * @param isInEpochs whether the config counts in epochs; else in iterations
 */
public record Horizon(long steps, long stepsPerEpoch, boolean isInEpochs) {

    /** The update at which a milestone of the config, in its own unit, is reached. */
    long stepOf(long milestone) {
        return isInEpochs ? milestone * stepsPerEpoch : milestone;
    }

    /** How much of the time after a warm-up has gone, from 0 to 1. */
    double progress(long step, long warmup) {
        long left = steps - warmup;
        return step <= warmup || left <= 0 ? 0 : Math.min(1, (double) (step - warmup) / left);
    }
}
