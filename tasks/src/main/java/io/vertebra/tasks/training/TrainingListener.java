package io.vertebra.tasks.training;

import io.vertebra.tasks.config.Horizon;
import java.util.Map;

/** Hears how a training goes; called in the training's own thread, so it should be quick. */
public interface TrainingListener {

    /** Hears nothing. */
    TrainingListener NONE = new TrainingListener() {};

    /**
     * Before the first update.
     *
     * @param step updates done already: above 0 after a resume
     */
    default void started(long step, Horizon horizon) {}

    /** After each update. */
    default void progressed(Progress progress) {}

    /**
     * After each evaluation.
     *
     * @param metrics the figures by name
     * @param isBest whether they are the best so far
     */
    default void evaluated(long step, Map<String, Double> metrics, boolean isBest) {}

    /** After each checkpoint. */
    default void saved(long step, double seconds) {}

    /** A line that the user may want to act upon. */
    default void warned(String line) {}

    /**
     * How far a training is.
     *
     * @param epoch the present one, from 1
     * @param step updates done
     * @param steps updates in all
     * @param loss mean since the last row of the logs
     * @param learningRate of the last update
     * @param imagesPerSecond lately
     * @param dataShare share of the time that went by waiting for data, lately
     * @param secondsLeft at this pace, without evaluations
     */
    record Progress(
            long epoch,
            long step,
            long steps,
            double loss,
            double learningRate,
            double imagesPerSecond,
            double dataShare,
            double secondsLeft) {}
}
