package io.vertebra.tasks.training;

import static io.vertebra.tasks.training.TinyRuns.delivered;
import static io.vertebra.tasks.training.TinyRuns.epochs;
import static io.vertebra.tasks.training.TinyRuns.rich;
import static io.vertebra.tasks.training.TinyRuns.rows;
import static io.vertebra.tasks.training.TinyRuns.text;
import static io.vertebra.tasks.training.TinyRuns.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Precision;
import io.vertebra.tasks.MemoryFolders;
import io.vertebra.tasks.config.EvaluateConfig;
import io.vertebra.tasks.config.FreezeConfig;
import io.vertebra.tasks.config.OptimizerConfig;
import io.vertebra.tasks.config.TrainConfig;
import io.vertebra.tasks.evaluation.Evaluation;
import io.vertebra.tasks.evaluation.Evaluator;
import io.vertebra.tasks.runs.Checkpoints;
import io.vertebra.tasks.runs.MetricsLog;
import io.vertebra.tasks.runs.RunFolder;
import io.vertebra.tasks.tensorboard.Event;
import io.vertebra.tasks.tensorboard.EventFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run leaves behind. */
class RunFilesTest {
    @TempDir(factory = MemoryFolders.class)
    private Path temp;

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
        List<String> told = List.of(
                "starting at step 0 of 12, reference \\S.* fp32",
                "after a signal it takes \\d\\.\\d s at most to stop: one step and one checkpoint",
                "step 6: top1 \\d\\.\\d{4}, .*, f1 \\d\\.\\d{4}, the best so far",
                "step 12: top1 \\d\\.\\d{4}, .*",
                "complete after step 12");
        assertThat(Files.readAllLines(run.resolve("train.log")))
                .hasSameSizeAs(told)
                .zipSatisfy(told, (line, form) -> assertThat(line).matches("\\S+Z " + form));
        try (Stream<Path> files = Files.walk(run)) {
            assertThat(files).noneMatch(f -> f.getFileName().toString().startsWith(".tmp-"));
        }
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
    void keepsTheBestAndTheTwoNewestCheckpoints() {
        Path run = temp.resolve("run");
        TinyRun.of(epochs(6))
                .evaluated(EvaluateConfig.of(4, 1, null, "loss", 1, null))
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
                .open(training -> new Evaluator(
                                training.problem(),
                                training.validation().orElseThrow().data(),
                                training.validation().orElseThrow().loader())
                        .evaluate(training.engine(), training.graph(), last, Precision.FP32));
        assertThat(again.metrics().get("loss")).isCloseTo(outcome.metrics().get("loss"), within(1e-6));
    }

    @Test
    void theReportHasTheFiguresOfTheRun() throws IOException {
        OptimizerConfig tiny = new OptimizerConfig.Sgd(1e-12, 0.0, null, 0.0, null);
        TrainConfig config = new TrainConfig(4, 1, 50, null, tiny, null, null, null, new FreezeConfig(0, true), null);
        TinyRun.of(config)
                .evaluated(EvaluateConfig.of(4, 1, null, null, null, 1))
                .run(temp.resolve("run"));
        assertThat(Files.readString(temp.resolve("run/report.html")))
                .contains("Training of tiny")
                .contains("classification, 3 classes, 12 of 300 updates (stopped early) in 2 epochs, fp32")
                .contains("best top1", "at step", "last loss", "training time", "images/s", "waited for data")
                .contains("<h2>Loss</h2>", "<h2>Metrics</h2>", "<h2>Learning rate</h2>", "<h2>Images per second</h2>")
                .contains("<h2>Confusion matrix</h2>", "<h2>Largest losses</h2>", "<th>recall</th>")
                .contains("a &lt;test&gt; machine", "<td>precision</td><td>fp32</td>")
                .contains("task: classification # &lt;tiny&gt; &amp; small");
    }

    @Test
    void unreadablePicturesAreLeftOutAndCounted() throws IOException {
        List<String> warnings = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void warned(String line) {
                warnings.add(line);
            }
        };
        Path run = temp.resolve("run");
        TinyRun.of(epochs(2)).withABrokenPicture().run(run, false, listener, new StopSwitch());
        assertThat(warnings).containsExactly("2 times a picture was unreadable and left out");
        assertThat(Files.readString(run.resolve("report.html"))).contains("unreadable pictures");
        assertThat(Files.readAllLines(run.resolve("predictions.json")))
                .filteredOn(line -> line.contains("\"id\""))
                .hasSize(10)
                .noneMatch(line -> line.contains("\"blob-2\""));
    }
}
