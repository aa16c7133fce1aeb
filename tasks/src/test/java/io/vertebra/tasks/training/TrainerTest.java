package io.vertebra.tasks.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.reference.ReferenceEngine;
import io.vertebra.tasks.MemoryFolders;
import io.vertebra.tasks.TinyNet;
import io.vertebra.tasks.evaluation.Evaluation;
import io.vertebra.tasks.evaluation.Evaluator;
import io.vertebra.tasks.runs.Checkpoints;
import io.vertebra.tasks.runs.MetricsLog;
import io.vertebra.tasks.runs.RunFolder;
import io.vertebra.tasks.runs.RunFolderException;
import io.vertebra.tasks.tensorboard.Event;
import io.vertebra.tasks.tensorboard.EventFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
    @TempDir(factory = MemoryFolders.class)
    private Path temp;

    private static OptimizerConfig adamW() {
        return new OptimizerConfig.AdamW(0.01, null, null, null, 0.01, null);
    }

    /** 3 epochs of 2 updates, of 4 and 2 batches: accumulation, clipping, EMA, warm-up and dropout all at work. */
    private static TrainConfig rich() {
        return new TrainConfig(
                4, 4, 3, null, adamW(), new Schedule.Cosine(2, 0.1, 0.01), null, 0.5, null, new EmaConfig(0.9));
    }

    private static TrainConfig epochs(int epochs) {
        OptimizerConfig sgd = new OptimizerConfig.Sgd(0.1, 0.9, true, 1e-4, null);
        return new TrainConfig(4, 1, epochs, null, sgd, null, null, null, null, null);
    }

    private static byte[] weights(Path run, String which) {
        return bytes(RunFolder.weights(run, which));
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The rows of a run's log without what depends on the clock. */
    private static List<Map<String, Object>> rows(Path run) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Map<String, Object> row : MetricsLog.read(run)) {
            Map<String, Object> kept = new LinkedHashMap<>(row);
            kept.keySet().removeAll(List.of("time", "data_time", "images_per_s"));
            rows.add(kept);
        }
        return rows;
    }

    @Test
    void leavesACompleteRunFolder() throws IOException {
        Path run = temp.resolve("run");
        Outcome outcome = TinyRun.of(epochs(2)).run(run);

        assertThat(outcome.status()).isEqualTo(Outcome.Status.COMPLETE);
        assertThat(outcome.step()).isEqualTo(12);
        assertThat(outcome.samples()).isEqualTo(48);
        assertThat(outcome.metrics()).containsOnlyKeys("top1", "top5", "loss", "f1");
        assertThat(run)
                .isDirectoryContaining("glob:**env.json")
                .isDirectoryContaining("glob:**train.log")
                .isDirectoryContaining("glob:**metrics.csv")
                .isDirectoryContaining("glob:**metrics.jsonl")
                .isDirectoryContaining("glob:**events.out.tfevents.*")
                .isDirectoryContaining("glob:**predictions.json")
                .isDirectoryContaining("glob:**report.html")
                .isDirectoryContaining("glob:**run.lock");
        assertThat(RunFolder.weights(run, "best")).exists();
        assertThat(RunFolder.weights(run, "last")).exists();
        assertThat(run.resolve("checkpoints/last")).hasContent("12");
        assertThat(run.resolve("plots/confusion_matrix.png")).exists();
        assertThat(Files.readString(run.resolve("env.json"))).contains("a <test> machine", "reference", "fp32");
        try (Stream<String> predictions = Files.lines(run.resolve("predictions.json"))) {
            assertThat(predictions.filter(line -> line.contains("\"id\":\"blob-")))
                    .hasSize(11);
        }
        try (Stream<Path> files = Files.walk(run)) {
            assertThat(files).noneMatch(f -> f.getFileName().toString().startsWith(".tmp-"));
        }
    }

    @Test
    void learns() {
        Outcome outcome = TinyRun.of(epochs(12)).run(temp.resolve("run"));
        assertThat(outcome.metrics().get("top1")).isEqualTo(1.0);
        List<Map<String, Object>> rows = rows(temp.resolve("run"));
        double first = (Double) rows.get(0).get("train/loss");
        double last = (Double) rows.get(rows.size() - 1).get("train/loss");
        assertThat(last).isLessThan(first / 2);
    }

    @Test
    void sameSeedGivesTheSameBytes() {
        TinyRun.of(rich()).run(temp.resolve("a"));
        TinyRun.of(rich()).run(temp.resolve("b"));
        assertThat(weights(temp.resolve("a"), "last")).isEqualTo(weights(temp.resolve("b"), "last"));
        assertThat(rows(temp.resolve("a"))).isEqualTo(rows(temp.resolve("b")));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aRunThatWasStoppedEndsWithTheSameBytes(long step) {
        Path calm = temp.resolve("calm");
        Path stopped = temp.resolve("stopped");
        TinyRun.of(rich()).run(calm);

        Outcome first = TinyRun.of(rich()).runUntil(stopped, false, step);
        assertThat(first.status()).isEqualTo(Outcome.Status.INTERRUPTED);
        assertThat(first.step()).isEqualTo(step);
        assertThat(stopped.resolve("report.html")).doesNotExist();
        Outcome second = TinyRun.of(rich()).run(stopped, true, TrainingListener.NONE, new StopSwitch());

        assertThat(second.status()).isEqualTo(Outcome.Status.COMPLETE);
        assertThat(second.samples()).isEqualTo(72);
        assertThat(weights(stopped, "last")).isEqualTo(weights(calm, "last"));
        assertThat(weights(stopped, "best")).isEqualTo(weights(calm, "best"));
        assertThat(rows(stopped)).isEqualTo(rows(calm));
        for (String file : List.of("model", "ema", "optimizer")) {
            String name = "checkpoints/6/" + file + ".safetensors";
            assertThat(bytes(stopped.resolve(name))).as(name).isEqualTo(bytes(calm.resolve(name)));
        }
        assertThat(stopped.resolve("checkpoints/best")).hasSameTextualContentAs(calm.resolve("checkpoints/best"));
    }

    @Test
    void manyStopsInOneRunChangeNothing() {
        TinyRun.of(epochs(2)).run(temp.resolve("calm"));
        Path stopped = temp.resolve("stopped");
        for (long step : new long[] {2, 3, 6, 7, 11}) {
            TinyRun.of(epochs(2)).runUntil(stopped, true, step);
        }
        TinyRun.of(epochs(2)).run(stopped, true, TrainingListener.NONE, new StopSwitch());
        assertThat(weights(stopped, "last")).isEqualTo(weights(temp.resolve("calm"), "last"));
        assertThat(rows(stopped)).isEqualTo(rows(temp.resolve("calm")));
    }

    @Test
    void whatWasLoggedAfterTheCheckpointIsLoggedOnceAfterAKill() throws IOException {
        TinyRun.of(epochs(2)).run(temp.resolve("calm"));
        Path killed = temp.resolve("killed");
        RuntimeException kill = new IllegalStateException("killed");
        TrainingListener killer = new TrainingListener() {
            @Override
            public void progressed(Progress progress) {
                if (progress.step() == 10) {
                    throw kill; // the newest checkpoint is that of step 8, rows 9 and 10 are on the disk or on their
                    // way
                }
            }
        };
        assertThatThrownBy(() -> TinyRun.of(epochs(2)).savingEvery(4).run(killed, false, killer, new StopSwitch()))
                .isSameAs(kill);
        assertThat(rows(killed)).last().extracting("step").isEqualTo(9);
        TinyRun.of(epochs(2)).savingEvery(4).run(killed, true, TrainingListener.NONE, new StopSwitch());

        assertThat(rows(killed)).isEqualTo(rows(temp.resolve("calm")));
        assertThat(Files.readAllLines(killed.resolve("metrics.csv")))
                .hasSameSizeAs(Files.readAllLines(temp.resolve("calm").resolve("metrics.csv")));
        List<Long> steps = EventFile.read(EventFile.find(killed).orElseThrow()).stream()
                .filter(event -> event.scalars().containsKey("train/loss"))
                .map(Event::step)
                .toList();
        assertThat(steps).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);
        assertThat(weights(killed, "last")).isEqualTo(weights(temp.resolve("calm"), "last"));
    }

    @Test
    void aKillBeforeTheFirstCheckpointBeginsAnew() {
        TinyRun.of(epochs(1)).run(temp.resolve("calm"));
        Path killed = temp.resolve("killed");
        TrainingListener killer = new TrainingListener() {
            @Override
            public void progressed(Progress progress) {
                if (progress.step() == 3) {
                    throw new IllegalStateException("killed");
                }
            }
        };
        assertThatThrownBy(() -> TinyRun.of(epochs(1)).run(killed, false, killer, new StopSwitch()))
                .hasMessage("killed");
        TinyRun.of(epochs(1)).run(killed, true, TrainingListener.NONE, new StopSwitch());
        assertThat(weights(killed, "last")).isEqualTo(weights(temp.resolve("calm"), "last"));
        assertThat(rows(killed)).isEqualTo(rows(temp.resolve("calm")));
    }

    @Test
    void aStopDuringTheEvaluationRepeatsIt() {
        TinyRun.of(epochs(1)).run(temp.resolve("calm"));
        Path stopped = temp.resolve("stopped");
        TinyRun.of(epochs(1)).runUntil(stopped, false, 6); // asked for while update 6 of 6 runs: its evaluation is due
        assertThat(rows(stopped)).last().extracting("step").isEqualTo(5);
        Outcome outcome = TinyRun.of(epochs(1)).run(stopped, true, TrainingListener.NONE, new StopSwitch());
        assertThat(outcome.status()).isEqualTo(Outcome.Status.COMPLETE);
        assertThat(rows(stopped)).isEqualTo(rows(temp.resolve("calm")));
    }

    @Test
    void aDamagedCheckpointCostsOnlyTheTimeSinceTheOneBefore() throws IOException {
        TinyRun.of(epochs(2)).run(temp.resolve("calm"));
        Path run = temp.resolve("run");
        TinyRun.of(epochs(2)).savingEvery(2).runUntil(run, false, 9);
        assertThat(Checkpoints.steps(run)).startsWith(9L, 8L);
        Path model = run.resolve("checkpoints/9/model.safetensors");
        byte[] damaged = bytes(model);
        damaged[damaged.length - 1] ^= 1;
        Files.write(model, damaged);

        List<String> warnings = new ArrayList<>();
        List<Long> started = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void warned(String line) {
                warnings.add(line);
            }

            @Override
            public void started(long step, Horizon horizon) {
                started.add(step);
            }
        };
        TinyRun.of(epochs(2)).savingEvery(2).run(run, true, listener, new StopSwitch());
        assertThat(started).containsExactly(8L);
        assertThat(warnings).singleElement().asString().contains("checkpoints", "9", "model.safetensors", "SHA-256");
        assertThat(weights(run, "last")).isEqualTo(weights(temp.resolve("calm"), "last"));
        assertThat(rows(run)).isEqualTo(rows(temp.resolve("calm")));
    }

    @Test
    void noEpochsMeansTheFirstWeightsMeasured() {
        Path run = temp.resolve("run");
        Outcome outcome = TinyRun.of(epochs(0)).run(run);
        assertThat(outcome.status()).isEqualTo(Outcome.Status.COMPLETE);
        assertThat(outcome.step()).isZero();
        assertThat(outcome.metrics()).containsKey("top1");
        assertThat(RunFolder.weights(run, "best")).exists();
        assertThat(rows(run)).singleElement().extracting("step").isEqualTo(0);
    }

    @Test
    void iterationsEndInTheMiddleOfAnEpoch() {
        TrainConfig config = new TrainConfig(4, 1, null, 8, null, null, null, null, null, null);
        EvaluateConfig everyThree = new EvaluateConfig(4, null, 3, "loss", null, null);
        Outcome outcome = TinyRun.of(config).evaluated(everyThree).run(temp.resolve("run"));
        assertThat(outcome.step()).isEqualTo(8);
        assertThat(rows(temp.resolve("run")).stream().filter(r -> r.containsKey("val/loss")))
                .extracting(r -> r.get("step"))
                .containsExactly(3, 6, 8);
    }

    @Test
    void withoutValidationTheLastWeightsAreTheBest() {
        Path run = temp.resolve("run");
        Outcome outcome = TinyRun.of(epochs(1)).unvalidated().run(run);
        assertThat(outcome.metrics()).isEmpty();
        assertThat(weights(run, "best")).isEqualTo(weights(run, "last"));
        assertThat(run.resolve("checkpoints/best")).hasContent("6");
        assertThat(run.resolve("report.html")).exists();
        assertThat(run.resolve("predictions.json")).doesNotExist();
    }

    @Test
    void patienceEndsARunThatGetsNoBetter() {
        OptimizerConfig tiny = new OptimizerConfig.Sgd(1e-12, 0.0, null, 0.0, null);
        TrainConfig config = new TrainConfig(4, 1, 50, null, tiny, null, null, null, new FreezeConfig(0, true), null);
        EvaluateConfig patient = new EvaluateConfig(4, 1, null, null, null, 2);
        Outcome outcome = TinyRun.of(config).evaluated(patient).run(temp.resolve("run"));
        assertThat(outcome.status()).isEqualTo(Outcome.Status.COMPLETE);
        assertThat(outcome.step()).isEqualTo(3 * TinyRun.BATCHES); // the first is the best, then two that are no better
        assertThat(temp.resolve("run/checkpoints/best")).hasContent("6");
    }

    @Test
    void keepsTheBestAndTheTwoNewestCheckpoints() {
        Path run = temp.resolve("run");
        TinyRun.of(epochs(6))
                .evaluated(new EvaluateConfig(4, 1, null, "loss", 1, null))
                .run(run);
        long best = Long.parseLong(text(run.resolve("checkpoints/best")));
        List<Map<String, Object>> evaluated =
                rows(run).stream().filter(r -> r.containsKey("val/loss")).toList();
        Map<String, Object> lowest = evaluated.stream()
                .min((a, b) -> Double.compare((Double) a.get("val/loss"), (Double) b.get("val/loss")))
                .orElseThrow();
        assertThat(best).isEqualTo(((Number) lowest.get("step")).longValue());
        assertThat(Checkpoints.steps(run)).startsWith(36L, 30L).contains(best).hasSizeLessThanOrEqualTo(3);
    }

    private static String text(Path file) {
        return new String(bytes(file), java.nio.charset.StandardCharsets.UTF_8).strip();
    }

    @Test
    void aLossThatIsNoNumberEndsTheRunAndNamesTheStep() {
        OptimizerConfig wild = new OptimizerConfig.Sgd(1e30, 0.0, null, 0.0, null);
        TrainConfig config =
                new TrainConfig(4, 1, 5, null, wild, new Schedule.Constant(null, null), null, null, null, null);
        Path run = temp.resolve("run");
        assertThatThrownBy(() -> TinyRun.of(config).run(run))
                .isInstanceOf(DivergedException.class)
                .hasMessageMatching("step [0-9]+: .*(NaN|Infinity|validation).*learning_rate \\(1\\.0E30\\).*");
        assertThat(run.resolve("report.html")).doesNotExist();
        assertThat(text(run.resolve("train.log"))).contains("learning_rate");
    }

    @Test
    void aRunOfAnotherConfigIsNotContinued() {
        Path run = temp.resolve("run");
        TinyRun.of(epochs(2)).runUntil(run, false, 3);
        assertThatThrownBy(() -> TinyRun.of(epochs(2))
                        .withDigest("another")
                        .run(run, true, TrainingListener.NONE, new StopSwitch()))
                .isInstanceOfSatisfying(
                        RunFolderException.class,
                        e -> assertThat(e.kind()).isEqualTo(RunFolderException.Kind.OTHER_CONFIG));
    }

    @Test
    void aCheckpointIsWrittenOnRequest() {
        List<Long> saved = new ArrayList<>();
        StopSwitch stop = new StopSwitch();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void progressed(Progress progress) {
                if (progress.step() == 2) {
                    stop.checkpoint();
                }
            }

            @Override
            public void saved(long step, double seconds) {
                saved.add(step);
            }
        };
        TinyRun.of(epochs(1)).run(temp.resolve("run"), false, listener, stop);
        assertThat(saved).containsExactly(2L, 6L);
    }

    @Test
    void rowsTellTheRateOfTheirUpdate() {
        Path run = temp.resolve("run");
        TinyRun.of(epochs(2)).run(run);
        for (Map<String, Object> row : rows(run)) {
            double update = ((Number) row.get("step")).doubleValue() - 1;
            double expected = 0.1 * (1 + Math.cos(Math.PI * update / 12)) / 2;
            assertThat((Double) row.get("lr")).isCloseTo(expected, within(1e-15));
            assertThat(row.get("epoch")).isEqualTo(update < 6 ? 1 : 2);
        }
    }

    @Test
    void aLongEpochHasFiveRowsAndTheTableAllKeys() throws IOException {
        Path run = temp.resolve("run");
        TrainConfig config = new TrainConfig(1, 1, 1, null, null, null, null, null, null, null);
        TinyRun.of(config).run(run);
        assertThat(rows(run)).extracting(row -> row.get("step")).containsExactly(5, 10, 15, 20, 25, 26);
        assertThat(Files.readAllLines(run.resolve("metrics.csv")))
                .first()
                .isEqualTo("epoch,step,train/loss,val/top1,val/top5,val/loss,val/f1,lr,time,data_time,images_per_s");
        Map<String, Object> last = MetricsLog.read(run).get(5);
        double seconds = (Double) last.get("time");
        assertThat(seconds).isPositive();
        assertThat((Double) last.get("images_per_s")).isCloseTo(1 / seconds, within(1e-6 / seconds));
        assertThat((Double) last.get("data_time")).isBetween(0.0, seconds);
    }

    @Test
    void eventsCarryTheTagsThatTheManualNames() {
        Path run = temp.resolve("run");
        TinyRun.of(epochs(1)).run(run);
        List<Event> events = EventFile.read(EventFile.find(run).orElseThrow());
        assertThat(events.stream().flatMap(e -> e.scalars().keySet().stream()).distinct())
                .containsExactlyInAnyOrder(
                        "train/loss",
                        "val/top1",
                        "val/top5",
                        "val/loss",
                        "val/f1",
                        "lr/group0",
                        "perf/time",
                        "perf/data_time",
                        "perf/images_per_s");
        assertThat(events.stream().flatMap(e -> e.images().keySet().stream()))
                .containsExactlyInAnyOrder("images/confusion_matrix", "images/val_pred");
    }

    private static Parameters delivered(Path file) {
        Parameters parameters = Parameters.zeros(TinyNet.training());
        try (WeightFile weights = WeightFile.open(file)) {
            for (String name : parameters.names()) {
                float[] values = weights.read(name);
                System.arraycopy(values, 0, parameters.get(name), 0, values.length);
            }
        }
        return parameters;
    }

    @Test
    void whatIsMeasuredAndDeliveredIsTheMovingAverage() {
        Path run = temp.resolve("run");
        Outcome outcome = TinyRun.of(rich()).run(run);
        Parameters last = delivered(RunFolder.weights(run, "last"));
        assertThat(last.get("fc.weight"))
                .isEqualTo(
                        delivered(run.resolve("checkpoints/6/ema.safetensors")).get("fc.weight"))
                .isNotEqualTo(delivered(run.resolve("checkpoints/6/model.safetensors"))
                        .get("fc.weight"));
        Evaluation again = TinyRun.of(rich())
                .open(training -> Evaluator.evaluate(
                        training.task(),
                        training.engine(),
                        training.graph(),
                        last,
                        Precision.FP32,
                        training.validation().orElseThrow().loader(),
                        training.metadata().classes()));
        assertThat(again.metrics().get("loss")).isCloseTo(outcome.metrics().get("loss"), within(1e-6));
    }

    @Test
    void frozenStagesStayAsTheyWere() {
        TrainConfig config = new TrainConfig(4, 1, 1, null, null, null, null, null, new FreezeConfig(1, null), null);
        Path run = temp.resolve("run");
        TinyRun.of(config).run(run);
        Parameters before = Parameters.initialize(TinyNet.training(), 3);
        Parameters after = delivered(RunFolder.weights(run, "last"));
        for (String name : List.of("conv.weight", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var")) {
            assertThat(after.get(name)).as(name).isEqualTo(before.get(name));
        }
        assertThat(after.get("fc.weight")).isNotEqualTo(before.get("fc.weight"));
    }

    @Test
    void theStartingWeightsOfTheCallerStayHis() {
        TinyRun.of(epochs(1)).open(training -> {
            try (RunFolder folder = RunFolder.open(temp.resolve("run"), false, "a test")) {
                new Trainer(training, folder, TrainingListener.NONE, new StopSwitch(), Checkpointing.DEFAULT).run();
            }
            assertThat(training.parameters().get("fc.weight"))
                    .isEqualTo(Parameters.initialize(TinyNet.training(), 3).get("fc.weight"));
            return null;
        });
    }

    @Test
    void theListenerHearsHowFarItIs() {
        List<TrainingListener.Progress> heard = new ArrayList<>();
        List<Boolean> best = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void started(long step, Horizon horizon) {
                assertThat(step).isZero();
                assertThat(horizon).isEqualTo(new Horizon(12, 6, true));
            }

            @Override
            public void progressed(Progress progress) {
                heard.add(progress);
            }

            @Override
            public void evaluated(long step, Map<String, Double> metrics, boolean isBest) {
                best.add(isBest);
                assertThat(metrics).containsKey("top1");
            }
        };
        TinyRun.of(epochs(2)).run(temp.resolve("run"), false, listener, new StopSwitch());
        assertThat(heard).hasSize(12);
        TrainingListener.Progress seventh = heard.get(6);
        assertThat(seventh.epoch()).isEqualTo(2);
        assertThat(seventh.step()).isEqualTo(7);
        assertThat(seventh.steps()).isEqualTo(12);
        assertThat(seventh.imagesPerSecond()).isPositive();
        assertThat(seventh.dataShare()).isBetween(0.0, 1.0);
        assertThat(heard.get(11).secondsLeft()).isZero();
        assertThat(best).hasSize(2).startsWith(true);
    }

    /** The same engine under another version. */
    private record Renamed(Engine engine) implements Engine {
        @Override
        public String name() {
            return engine.name();
        }

        @Override
        public String version() {
            return "2 threads";
        }

        @Override
        public Set<Precision> precisions() {
            return engine.precisions();
        }

        @Override
        public Session open(Graph graph, Parameters parameters, Options options) {
            return engine.open(graph, parameters, options);
        }

        @Override
        public Session open(Graph graph, TrainingState state, Options options) {
            return engine.open(graph, state, options);
        }
    }

    @Test
    void anotherEngineOrThreadCountIsPointedOut() {
        Path run = temp.resolve("run");
        TinyRun.of(epochs(1)).runUntil(run, false, 2);
        List<String> warnings = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void warned(String line) {
                warnings.add(line);
            }
        };
        TinyRun.of(epochs(1))
                .on(new Renamed(new ReferenceEngine()), Precision.FP32)
                .run(run, true, listener, new StopSwitch());
        assertThat(warnings)
                .containsExactly("this run was started with reference reference interpreter, float64, 1 thread"
                        + " and goes on with reference 2 threads; its end will differ in the last digits");
    }

    @Test
    void anInterruptedRunHasWeightsToo() {
        Path run = temp.resolve("run");
        TinyRun.of(epochs(1)).runUntil(run, false, 2);
        assertThat(delivered(RunFolder.weights(run, "last")).get("fc.bias"))
                .isEqualTo(delivered(run.resolve("checkpoints/2/model.safetensors"))
                        .get("fc.bias"));
        assertThat(text(run.resolve("train.log"))).contains("stopped after step 2; --resume goes on from here");
    }

    @Test
    void theReportHasTheFiguresOfTheRun() throws IOException {
        OptimizerConfig tiny = new OptimizerConfig.Sgd(1e-12, 0.0, null, 0.0, null);
        TrainConfig config = new TrainConfig(4, 1, 50, null, tiny, null, null, null, new FreezeConfig(0, true), null);
        TinyRun.of(config)
                .evaluated(new EvaluateConfig(4, 1, null, null, null, 1))
                .run(temp.resolve("run"));
        assertThat(Files.readString(temp.resolve("run/report.html")))
                .contains("Training of tiny")
                .contains("classification, 3 classes, 12 of 300 (stopped early) updates in 2 epochs, fp32")
                .contains("best top1", "at step", "last loss", "training time", "images/s", "waited for data")
                .contains("<h2>Loss</h2>", "<h2>Metrics</h2>", "<h2>Learning rate</h2>", "<h2>Images per second</h2>")
                .contains("<h2>Confusion matrix</h2>", "<h2>Largest losses</h2>", "<th>recall</th>")
                .contains("a &lt;test&gt; machine", "<td>precision</td><td>fp32</td>")
                .contains("task: classification # &lt;tiny&gt; &amp; small");
    }
}
