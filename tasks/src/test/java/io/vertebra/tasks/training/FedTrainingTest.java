package io.vertebra.tasks.training;

import static io.vertebra.tasks.training.TinyRuns.bytes;
import static io.vertebra.tasks.training.TinyRuns.epochs;
import static io.vertebra.tasks.training.TinyRuns.rich;
import static io.vertebra.tasks.training.TinyRuns.rows;
import static io.vertebra.tasks.training.TinyRuns.weights;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.emulated.EmulatedProvider;
import io.vertebra.datasets.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Precision;
import io.vertebra.tasks.MemoryFolders;
import io.vertebra.tasks.UnfedEngine;
import io.vertebra.tasks.config.TrainConfig;
import io.vertebra.tasks.runs.RunFolder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run whose batches are brought ahead is the same run. */
class FedTrainingTest {
    @TempDir(factory = MemoryFolders.class)
    private Path temp;

    private final Engine engine = new EmulatedProvider().create();

    private TinyRun fed(TrainConfig train, Precision precision) {
        return TinyRun.of(train).on(engine, precision);
    }

    private TinyRun unfed(TrainConfig train, Precision precision) {
        return TinyRun.of(train).on(new UnfedEngine(engine), precision);
    }

    private void assertSameRuns(Path one, Path other) {
        assertThat(rows(one)).isEqualTo(rows(other));
        for (String which : new String[] {"last", "best"}) {
            assertThat(weights(one, which)).as(which).isEqualTo(weights(other, which));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void itEndsWithTheSameBytesAsOneWithout(Precision precision) {
        Path one = temp.resolve("fed");
        Path other = temp.resolve("unfed");
        Outcome outcome = fed(rich(), precision).withABrokenPicture().run(one);
        Outcome expected = unfed(rich(), precision).withABrokenPicture().run(other);
        assertThat(outcome.metrics()).isEqualTo(expected.metrics());
        assertThat(outcome.samples()).isEqualTo(expected.samples());
        assertSameRuns(one, other);
        String optimizer = "checkpoints/6/optimizer.safetensors";
        assertThat(bytes(one.resolve(optimizer))).isEqualTo(bytes(other.resolve(optimizer)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 4, 5})
    void itIsStoppedAndGoesOnBitForBit(long step) {
        Path calm = temp.resolve("calm");
        unfed(rich(), Precision.FP32).run(calm);
        Path stopped = temp.resolve("stopped");
        assertThat(fed(rich(), Precision.FP32).runUntil(stopped, false, step).step())
                .isEqualTo(step);
        Outcome outcome = fed(rich(), Precision.FP32).run(stopped, true, TrainingListener.NONE, new StopSwitch());
        assertThat(outcome.status()).isEqualTo(Outcome.Status.COMPLETE);
        assertSameRuns(stopped, calm);
    }

    @Test
    void noMoreBatchesAreLoadedThanAreTrainedOn() {
        fed(epochs(1), Precision.FP32).unvalidated().open(training -> {
            try (RunFolder run = RunFolder.open(temp.resolve("run"), false, "a test")) {
                new Trainer(training, run, TrainingListener.NONE, new StopSwitch(), new Checkpointing(1, 0)).run();
            }
            Batch next = training.data().next(); // the seventh of six in an epoch
            assertThat(next.epoch()).isEqualTo(1);
            assertThat(next.index()).isZero();
            return null;
        });
    }
}
