package io.vertebra.tasks.training;

import static io.vertebra.tasks.training.TinyRuns.bytes;
import static io.vertebra.tasks.training.TinyRuns.delivered;
import static io.vertebra.tasks.training.TinyRuns.epochs;
import static io.vertebra.tasks.training.TinyRuns.rich;
import static io.vertebra.tasks.training.TinyRuns.rows;
import static io.vertebra.tasks.training.TinyRuns.text;
import static io.vertebra.tasks.training.TinyRuns.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.contract.EngineInFront;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.reference.ReferenceEngine;
import io.vertebra.tasks.MemoryFolders;
import io.vertebra.tasks.config.Horizon;
import io.vertebra.tasks.runs.Checkpoints;
import io.vertebra.tasks.runs.RunFolder;
import io.vertebra.tasks.runs.RunFolderException;
import io.vertebra.tasks.tensorboard.Event;
import io.vertebra.tasks.tensorboard.EventFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that is stopped, killed or damaged ends as an undisturbed one. */
class ResumeTest {
    @TempDir(factory = MemoryFolders.class)
    private Path temp;

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
    void aRunOfAnotherConfigIsNotContinued() {
        Path run = temp.resolve("run");
        TinyRun.of(epochs(2)).runUntil(run, false, 3);
        assertThatThrownBy(() -> TinyRun.of(epochs(2))
                        .withDigest("another")
                        .run(run, true, TrainingListener.NONE, new StopSwitch()))
                .isInstanceOfSatisfying(
                        RunFolderException.class,
                        e -> assertThat(e.kind()).isEqualTo(RunFolderException.Kind.OTHER_CONFIG))
                .hasMessage(run + ": holds a run of another config; resume with the config that it was started with,"
                        + " or choose another output");
    }

    /** The same engine under another version. */
    private record Renamed(Engine engine) implements EngineInFront {
        @Override
        public String version() {
            return "2 threads";
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
}
