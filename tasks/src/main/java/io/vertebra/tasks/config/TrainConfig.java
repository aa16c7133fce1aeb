package io.vertebra.tasks.config;

import io.vertebra.graph.engine.Update;
import io.vertebra.graph.op.Check;

/**
 * The section {@code train}.
 *
 * @param batchSize pictures in one pass through the network
 * @param accumulate passes whose gradients are averaged into one update
 * @param epochs passes over the data; 0 trains nothing
 * @param iterations updates, in place of epochs; 0: epochs count
 * @param optimizer how weights move along their gradient
 * @param schedule the learning rate over time
 * @param loss what is minimised
 * @param clipNorm global norm to which larger gradients are scaled down; 0: never
 * @param freeze what stays as it is
 * @param ema moving average of the weights
 */
public record TrainConfig(
        Integer batchSize,
        Integer accumulate,
        Integer epochs,
        Integer iterations,
        OptimizerConfig optimizer,
        Schedule schedule,
        LossConfig loss,
        Double clipNorm,
        FreezeConfig freeze,
        EmaConfig ema) {

    private static final int EPOCHS = 10;

    /** Fills in and checks. */
    public TrainConfig {
        batchSize = Default.of(batchSize, 16);
        accumulate = Default.of(accumulate, 1);
        iterations = Default.of(iterations, 0);
        epochs = Default.of(epochs, iterations > 0 ? 0 : EPOCHS);
        optimizer = Default.of(optimizer, new OptimizerConfig.Sgd(null, null, null, null, null));
        schedule = Default.of(schedule, new Schedule.Cosine(null, null, null));
        loss = Default.of(loss, LossConfig.defaults());
        clipNorm = Default.of(clipNorm, 0.0);
        freeze = Default.of(freeze, new FreezeConfig(null, null));
        ema = Default.of(ema, new EmaConfig(null));
        Check.atLeast(1, "batch_size", batchSize);
        Check.atLeast(1, "accumulate", accumulate);
        Check.atLeast(0, "epochs", epochs);
        Check.atLeast(0, "iterations", iterations);
        Check.that(
                epochs == 0 || iterations == 0,
                "iterations",
                "is %d beside epochs %d; give one of them",
                iterations,
                epochs);
        Check.that(
                clipNorm >= 0 && clipNorm < Double.POSITIVE_INFINITY,
                "clip_norm",
                "must not be negative, is %s",
                clipNorm);
    }

    /** Everything by default. */
    public static TrainConfig defaults() {
        return new TrainConfig(null, null, null, null, null, null, null, null, null, null);
    }

    /** What the engine does with gradients. */
    public Update update() {
        return new Update(optimizer.rule(), clipNorm, ema.decay());
    }
}
