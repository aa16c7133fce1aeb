package io.vertebra.tasks.training;

import static io.vertebra.tasks.training.TinyRuns.delivered;
import static io.vertebra.tasks.training.TinyRuns.epochs;
import static io.vertebra.tasks.training.TinyRuns.rich;
import static io.vertebra.tasks.training.TinyRuns.rows;
import static io.vertebra.tasks.training.TinyRuns.text;
import static io.vertebra.tasks.training.TinyRuns.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Parameters;
import io.vertebra.tasks.MemoryFolders;
import io.vertebra.tasks.TinyNet;
import io.vertebra.tasks.config.EvaluateConfig;
import io.vertebra.tasks.config.FreezeConfig;
import io.vertebra.tasks.config.Horizon;
import io.vertebra.tasks.config.OptimizerConfig;
import io.vertebra.tasks.config.Schedule;
import io.vertebra.tasks.config.TrainConfig;
import io.vertebra.tasks.runs.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
    @TempDir(factory = MemoryFolders.class)
    private Path temp;

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
        EvaluateConfig everyThree = EvaluateConfig.of(4, null, 3, "loss", null, null);
        Outcome outcome = TinyRun.of(config).evaluated(everyThree).run(temp.resolve("run"));
        assertThat(outcome.step()).isEqualTo(8);
        assertThat(rows(temp.resolve("run")).stream().filter(r -> r.containsKey("val/loss")))
                .extracting(r -> r.get("step"))
                .containsExactly(3, 6, 8);
    }

    @Test
    void patienceEndsARunThatGetsNoBetter() {
        OptimizerConfig tiny = new OptimizerConfig.Sgd(1e-12, 0.0, null, 0.0, null);
        TrainConfig config = new TrainConfig(4, 1, 50, null, tiny, null, null, null, new FreezeConfig(0, true), null);
        EvaluateConfig patient = EvaluateConfig.of(4, 1, null, null, null, 2);
        Outcome outcome = TinyRun.of(config).evaluated(patient).run(temp.resolve("run"));
        assertThat(outcome.status()).isEqualTo(Outcome.Status.COMPLETE);
        assertThat(outcome.step()).isEqualTo(3 * TinyRun.BATCHES); // the first is the best, then two that are no better
        assertThat(temp.resolve("run/checkpoints/best")).hasContent("6");
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
}
