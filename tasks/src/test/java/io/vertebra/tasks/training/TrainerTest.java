package io.vertebra.tasks.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.tasks.MemoryFolders;
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
}
