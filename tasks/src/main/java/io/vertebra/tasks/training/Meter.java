package io.vertebra.tasks.training;

import io.vertebra.tasks.config.Horizon;
import java.util.LinkedHashMap;
import java.util.Map;

/** Speed of the updates: over the time since the last row of the logs, and smoothed for the progress line. */
final class Meter {
    /** Weight of the newest update in the smoothed time. */
    private static final double NEWEST = 0.1;

    private double rowSeconds;
    private double rowDataSeconds;
    private long rowSteps;
    private long rowSamples;
    private double smoothSeconds;
    private double smoothDataSeconds;
    private double smoothSamples;

    void update(double seconds, double dataSeconds, long samples) {
        rowSeconds += seconds;
        rowDataSeconds += dataSeconds;
        rowSteps++;
        rowSamples += samples;
        double weight = smoothSeconds == 0 ? 1 : NEWEST;
        smoothSeconds += weight * (seconds - smoothSeconds);
        smoothDataSeconds += weight * (dataSeconds - smoothDataSeconds);
        smoothSamples += weight * (samples - smoothSamples);
    }

    /** Figures of the updates since the last call, under the keys of the logs; empty if there were none. */
    Map<String, Double> row() {
        Map<String, Double> row = new LinkedHashMap<>();
        if (rowSteps > 0) {
            row.put("time", rowSeconds / rowSteps);
            row.put("data_time", rowDataSeconds / rowSteps);
            row.put("images_per_s", rowSamples / rowSeconds);
        }
        rowSeconds = 0;
        rowDataSeconds = 0;
        rowSteps = 0;
        rowSamples = 0;
        return row;
    }

    TrainingListener.Progress progress(Counters counters, Horizon horizon) {
        return new TrainingListener.Progress(
                counters.epoch(horizon.stepsPerEpoch()),
                counters.step,
                horizon.steps(),
                counters.meanLosses().getOrDefault("loss", Double.NaN),
                counters.learningRate,
                smoothSamples / smoothSeconds,
                smoothDataSeconds / smoothSeconds,
                (horizon.steps() - counters.step) * smoothSeconds);
    }

    double secondsPerStep() {
        return smoothSeconds;
    }
}
