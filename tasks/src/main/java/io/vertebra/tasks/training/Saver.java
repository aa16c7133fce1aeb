package io.vertebra.tasks.training;

import io.vertebra.backbones.weights.DurableFiles;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.tasks.runs.Checkpoints;
import io.vertebra.tasks.runs.RunFolder;
import io.vertebra.tasks.runs.RunLogs;
import io.vertebra.tasks.runs.RunState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes checkpoints and deployable weights of one session, and knows when the next checkpoint is due. */
final class Saver {
    private static final double NANOS = 1e9;

    private final Training training;
    private final Session session;
    private final TrainingState tensors;
    private final Checkpoints checkpoints;
    private final RunLogs logs;
    private final Path folder;
    private long lastNanos = System.nanoTime();
    private long savedStep;
    private double duration;

    Saver(
            Training training,
            Session session,
            TrainingState tensors,
            Checkpoints checkpoints,
            RunLogs logs,
            Path folder,
            long savedStep) {
        this.training = training;
        this.session = session;
        this.tensors = tensors;
        this.checkpoints = checkpoints;
        this.logs = logs;
        this.folder = folder;
        this.savedStep = savedStep;
    }

    boolean isDue(long step, Checkpointing cadence) {
        return cadence.isDue(step, (System.nanoTime() - lastNanos) / NANOS, duration);
    }

    /** Seconds that the last checkpoint took. */
    double duration() {
        return duration;
    }

    /** Writes a checkpoint, unless this step has one; tells whether it did. */
    boolean save(Counters counters) {
        if (savedStep == counters.step) {
            return false;
        }
        long start = System.nanoTime();
        fetch(counters.step);
        logs.sync(); // no checkpoint knows of a row that the disk does not
        checkpoints.save(tensors, counters.state(training));
        savedStep = counters.step;
        lastNanos = System.nanoTime();
        duration = (lastNanos - start) / NANOS;
        return true;
    }

    /** Copies the session's tensors, and refuses those that are no numbers. */
    private void fetch(long step) {
        session.save(tensors);
        Parameters parameters = tensors.parameters();
        for (String name : parameters.names()) {
            for (float value : parameters.get(name)) {
                if (!Float.isFinite(value)) {
                    throw Trainer.diverged(training, logs, step, name + " holds " + value);
                }
            }
        }
    }

    /** Writes the weights of the last checkpoint's step as a deployable file: the moving average where there is one. */
    void deploy(String which, Counters counters) {
        Path file = RunFolder.weights(folder, which);
        try {
            Files.createDirectories(file.getParent());
            DurableFiles.syncDirectory(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
        Parameters weights = tensors.ema().orElse(tensors.parameters());
        training.metadata().write(file, weights, counters.step, counters.batches);
    }

    /** Names the present step as the best one. */
    void setBest(Counters counters) {
        checkpoints.setBest(counters.step);
        deploy("best", counters);
    }

    /** Deletes the checkpoints that are neither new nor among the best. */
    void tidy(Counters counters) {
        boolean higher = training.problem().isHigherBetter(training.bestMetric());
        List<Long> best = RunState.ranked(counters.evaluations, higher).stream()
                .limit(training.evaluate().keep())
                .map(RunState.Evaluated::step)
                .toList();
        checkpoints.keepOnly(best);
    }
}
