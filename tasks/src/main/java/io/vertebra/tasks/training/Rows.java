package io.vertebra.tasks.training;

import io.vertebra.tasks.config.Horizon;
import io.vertebra.tasks.runs.MetricsLog;
import io.vertebra.tasks.runs.RunLogs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows of the logs: when one is due, and what stands in it. */
final class Rows {
    /** At least this many an epoch, and at least one in so many updates. */
    private static final long PER_EPOCH = 5;

    private static final long MOST_STEPS = 50;

    private final RunLogs logs;
    private final Counters counters;
    private final Meter meter;
    private final Horizon horizon;

    Rows(RunLogs logs, Counters counters, Meter meter, Horizon horizon) {
        this.logs = logs;
        this.counters = counters;
        this.meter = meter;
        this.horizon = horizon;
    }

    /** The keys that a row may have. */
    static List<String> columns(Training training) {
        List<String> columns = new ArrayList<>(List.of("epoch", MetricsLog.STEP));
        TrainingGraphs.losses(training.graph()).forEach(loss -> columns.add("train/" + loss));
        if (training.validation().isPresent()) {
            training.problem().metrics().forEach(metric -> columns.add("val/" + metric));
        }
        columns.addAll(List.of("lr", "time", "data_time", "images_per_s"));
        return columns;
    }

    boolean isDue() {
        long every = Math.max(1, Math.min(MOST_STEPS, horizon.stepsPerEpoch() / PER_EPOCH));
        long inEpoch = counters.step % horizon.stepsPerEpoch();
        return inEpoch % every == 0 || counters.step == horizon.steps();
    }

    /** Writes a row with the figures since the last one, and with those of an evaluation. */
    void write(Map<String, Double> metrics) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("epoch", counters.epoch(horizon.stepsPerEpoch()));
        row.put(MetricsLog.STEP, counters.step);
        counters.meanLosses().forEach((name, mean) -> row.put("train/" + name, mean));
        metrics.forEach((name, value) -> row.put("val/" + name, value));
        row.put("lr", counters.learningRate);
        row.putAll(meter.row());
        logs.row(row);
        counters.loggedStep = counters.step;
        counters.clearLosses();
    }
}
