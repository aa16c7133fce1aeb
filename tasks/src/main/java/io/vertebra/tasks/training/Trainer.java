package io.vertebra.tasks.training;

import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.tasks.config.Horizon;
import io.vertebra.tasks.evaluation.Evaluation;
import io.vertebra.tasks.feeding.Feed;
import io.vertebra.tasks.runs.Checkpoints;
import io.vertebra.tasks.runs.RunFolder;
import io.vertebra.tasks.runs.RunFolderException;
import io.vertebra.tasks.runs.RunLogs;
import io.vertebra.tasks.runs.RunState;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Trains: tells a session the numbers of each update, evaluates, saves, and leaves a complete run folder.
 *
 * <p>A run that was stopped or killed goes on from its newest checkpoint and ends with the same bits as an undisturbed one, given
 * the same config, engine, thread count and kind of machine. Runs once, in the thread that calls {@link #run}.
 */
public final class Trainer {
    private static final double NANOS = 1e9;
    private final Training training;
    private final RunFolder folder;
    private final TrainingListener listener;
    private final StopSwitch stop;
    private final Checkpointing checkpointing;
    private final Horizon horizon;
    private final Graph graph;
    private final Groups groups;
    private final List<String> losses;
    private final Counters counters = new Counters();
    private final Meter meter = new Meter();

    // open while run() runs
    private Session session;
    private Feed feed;
    private RunLogs logs;
    private Rows rows;
    private Saver saver;
    private Validations validations;

    /**
     * Ready to run.
     *
     * @param folder locked by the caller, who closes it afterwards
     * @param stop what other threads ask
     */
    public Trainer(
            Training training,
            RunFolder folder,
            TrainingListener listener,
            StopSwitch stop,
            Checkpointing checkpointing) {
        this.training = training;
        this.folder = folder;
        this.listener = listener;
        this.stop = stop;
        this.checkpointing = checkpointing;
        this.horizon = training.horizon();
        this.graph = TrainingGraphs.of(training);
        this.groups = Freezing.groups(graph, training.stages(), training.train());
        this.losses = TrainingGraphs.losses(graph);
    }

    /**
     * Trains to the end, or until it is asked to stop.
     *
     * @throws DivergedException if the loss or a weight is no number
     * @throws RunFolderException if the folder holds a run of another config
     */
    public Outcome run() {
        Checkpoints checkpoints = new Checkpoints(folder.path(), listener::warned);
        Optional<RunState> saved = checkpoints.newest();
        TrainingState tensors = TrainingGraphs.fresh(training, graph, groups);
        saved.ifPresent(state -> {
            checkFit(state);
            counters.restore(state);
            checkpoints.load(state.step(), tensors);
        });
        Options options =
                Options.training(training.precision(), training.train().update(), groups, training.seed());
        long savedStep = saved.map(RunState::step).orElse(-1L);
        try (RunLogs opened = RunLogs.open(folder.path(), Rows.columns(training), counters.loggedStep);
                Session running = training.engine().open(graph, tensors, options);
                Feed batches = Feed.of(training.data(), training.problem()::feed, running)) {
            feed = batches;
            logs = opened;
            rows = new Rows(logs, counters, meter, horizon);
            validations = new Validations(training, counters, horizon, logs);
            session = running;
            saver = new Saver(training, session, tensors, checkpoints, logs, folder.path(), savedStep);
            new RunFiles(training, folder).writeEnvironment();
            return train();
        }
    }

    private void checkFit(RunState state) {
        if (!state.configDigest().equals(training.metadata().configDigest())) {
            throw new RunFolderException(
                    folder.path(),
                    RunFolderException.Kind.OTHER_CONFIG,
                    "holds a run of another config; resume with the config that it was started with, or choose another output");
        }
        if (!state.engine().equals(Counters.engine(training))) {
            listener.warned("this run was started with " + state.engine() + " and goes on with "
                    + Counters.engine(training) + "; its end will differ in the last digits");
        }
    }

    private Outcome train() {
        logs.line(String.format(
                Locale.ROOT,
                "%s at step %d of %d, %s %s",
                counters.step == 0 ? "starting" : "resuming",
                counters.step,
                horizon.steps(),
                Counters.engine(training),
                Counters.precision(training)));
        listener.started(counters.step, horizon);
        training.data().seek(counters.step / horizon.stepsPerEpoch(), batchOfEpoch());
        while (true) {
            if (validations.isDue() && !evaluate()) {
                return interrupted();
            }
            if (counters.step >= horizon.steps() || validations.isOutOfPatience()) {
                return finish();
            }
            if (stop.isStopped()) {
                return interrupted();
            }
            update();
            if (!validations.isDue() && rows.isDue()) {
                rows.write(Map.of());
            }
            if (stop.takeCheckpoint() || saver.isDue(counters.step, checkpointing)) {
                save();
            }
        }
    }

    private int batchOfEpoch() {
        return (int) (counters.step % horizon.stepsPerEpoch() * training.train().accumulate());
    }

    /** One update: as many batches as are accumulated, fewer at the end of an epoch. */
    private void update() {
        long start = System.nanoTime();
        long waited = feed.waitedNanos();
        int count = Math.min(training.train().accumulate(), training.data().batchesPerEpoch() - batchOfEpoch());
        double rate = training.train().optimizer().learningRate()
                * training.train().schedule().factor(counters.step, horizon);
        counters.learningRate = rate;
        long samples = 0;
        for (int i = 0; i < count; i++) {
            boolean completes = i == count - 1;
            Feed.Fed fed = feed.next(completes && counters.step + 1 == horizon.steps());
            Outputs outputs = session.step(feed.use(fed), new Scalars(rate, counters.step, i, completes));
            samples += fed.batch().valid();
            addLosses(outputs);
        }
        counters.step++;
        counters.samples += samples;
        double seconds = (System.nanoTime() - start) / NANOS;
        double dataSeconds = (feed.waitedNanos() - waited) / NANOS;
        counters.seconds += seconds;
        counters.dataSeconds += dataSeconds;
        meter.update(seconds, dataSeconds, samples);
        listener.progressed(meter.progress(counters, horizon));
    }

    private void addLosses(Outputs outputs) {
        losses.forEach(name -> counters.addLoss(name, outputs.scalar(name)));
        counters.lossCount++;
        counters.batches++;
        float loss = outputs.scalar("loss");
        if (!Float.isFinite(loss)) {
            rows.write(Map.of());
            throw diverged("the training loss is " + loss);
        }
    }

    private DivergedException diverged(String what) {
        return diverged(training, logs, counters.step, what);
    }

    /** The exception to throw, after it was written to the log. */
    static DivergedException diverged(Training training, RunLogs logs, long step, String what) {
        DivergedException e = new DivergedException(
                step,
                String.format(
                        Locale.ROOT,
                        "%s; lower train.optimizer.learning_rate (%s), lengthen train.schedule.warmup_iterations (%d) or set train.clip_norm (%s)",
                        what,
                        training.train().optimizer().learningRate(),
                        training.train().schedule().warmupIterations(),
                        training.train().clipNorm()));
        logs.line(e.getMessage());
        return e;
    }

    /** Saves and evaluates; false if it was asked to stop meanwhile. */
    private boolean evaluate() {
        save();
        Optional<Evaluation> evaluation = validations.measure(session, stop);
        if (evaluation.isEmpty()) {
            return false;
        }
        Map<String, Double> metrics = evaluation.get().metrics();
        rows.write(metrics);
        if (Double.isNaN(metrics.getOrDefault("loss", 0.0))) {
            throw diverged("the validation loss is NaN");
        }
        boolean isBest = validations.note(metrics);
        if (isBest) {
            saver.setBest(counters);
        }
        saver.tidy(counters);
        logs.line("step " + counters.step + ": " + figures(metrics) + (isBest ? ", the best so far" : ""));
        if (isBest) {
            logs.pictures(counters.step, evaluation.get().scores().parts());
        }
        listener.evaluated(counters.step, metrics, isBest);
        return true;
    }

    private static String figures(Map<String, Double> metrics) {
        return metrics.entrySet().stream()
                .map(e -> String.format(Locale.ROOT, "%s %.4f", e.getKey(), e.getValue()))
                .collect(Collectors.joining(", "));
    }

    private void save() {
        boolean isFirst = saver.duration() == 0;
        if (saver.save(counters)) {
            listener.saved(counters.step, saver.duration());
            if (isFirst) {
                logs.line(String.format(
                        Locale.ROOT,
                        "after a signal it takes %.1f s at most to stop: one step and one checkpoint",
                        meter.secondsPerStep() + saver.duration()));
            }
        }
    }

    private Outcome interrupted() {
        save();
        saver.deploy("last", counters);
        logs.line("stopped after step " + counters.step + "; --resume goes on from here");
        return outcome(Outcome.Status.INTERRUPTED);
    }

    private Outcome finish() {
        save();
        saver.deploy("last", counters);
        if (counters.evaluations.isEmpty()) {
            saver.setBest(counters); // nothing was measured: the last weights are the best known
        }
        logs.line("complete after step " + counters.step);
        if (training.skipped() > 0) {
            listener.warned(training.skipped() + " times a picture was unreadable and left out");
        }
        logs.sync();
        Outcome outcome = outcome(Outcome.Status.COMPLETE);
        new RunFiles(training, folder).writeResults(outcome, validations.last(), counters);
        return outcome;
    }

    private Outcome outcome(Outcome.Status status) {
        Map<String, Double> metrics =
                validations.last().map(Evaluation::metrics).orElse(Map.of());
        return new Outcome(status, counters.step, metrics, counters.samples, counters.seconds);
    }
}
