package io.vertebra.tasks.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.tasks.config.EvaluateConfig;
import io.vertebra.tasks.config.FreezeConfig;
import io.vertebra.tasks.config.Horizon;
import io.vertebra.tasks.config.TrainConfig;
import org.junit.jupiter.api.Test;

class TrainingTest {
    private static TrainConfig train(Integer accumulate, Integer epochs, Integer iterations, FreezeConfig freeze) {
        return new TrainConfig(4, accumulate, epochs, iterations, null, null, null, null, freeze, null);
    }

    @Test
    void countsUpdatesInEpochsWhoseLastOneMayBeSmaller() {
        Horizon horizon = TinyRun.of(train(4, 3, null, null)).open(Training::horizon);
        assertThat(horizon).isEqualTo(new Horizon(6, 2, true)); // batches 0 to 3 and 4 to 5
        assertThat(TinyRun.of(train(3, 3, null, null)).open(Training::horizon)).isEqualTo(new Horizon(6, 2, true));
        assertThat(TinyRun.of(train(null, null, 50, null)).open(Training::horizon))
                .isEqualTo(new Horizon(50, 6, false));
    }

    @Test
    void refusesWhatTheRecordsCannotKnow() {
        assertThatThrownBy(() -> TinyRun.of(train(7, 1, null, null)).open(t -> t))
                .hasMessage("accumulate: is 7, but an epoch has only 6 batches");
        assertThatThrownBy(() ->
                        TinyRun.of(train(1, 1, null, new FreezeConfig(2, null))).open(t -> t))
                .hasMessage("stages: 2 cannot be frozen, the backbone has 1");
        assertThatThrownBy(() -> TinyRun.of(train(1, 1, null, null))
                        .evaluated(EvaluateConfig.of(null, null, null, "mIoU", null, null))
                        .open(t -> t))
                .hasMessage("best: mIoU is no metric of classification; there are top1, top5, loss, f1");
    }

    @Test
    void theMainMetricIsBestUnlessTheConfigSaysOtherwise() {
        assertThat(TinyRun.of(train(1, 1, null, null)).open(Training::bestMetric))
                .isEqualTo("top1");
        assertThat(TinyRun.of(train(1, 1, null, null))
                        .evaluated(EvaluateConfig.of(null, null, null, "loss", null, null))
                        .open(Training::bestMetric))
                .isEqualTo("loss");
    }

    @Test
    void aDryRunMakesOneUpdateAndLeavesNothing() {
        DryRun.Result result = TinyRun.of(train(1, 2, null, null)).open(DryRun::run);
        assertThat(result.loss()).isBetween(0.5, 3.0); // near log 3 before training
        assertThat(result.steps()).isEqualTo(12);
        assertThat(result.memory().total()).isPositive();
    }

    @Test
    void checkpointsAreDueByTimeOrByCount() {
        Checkpointing cadence = new Checkpointing(5, 4);
        assertThat(cadence.isDue(3, 4.9, 0)).isFalse();
        assertThat(cadence.isDue(3, 5.0, 0)).isTrue();
        assertThat(cadence.isDue(8, 0, 0)).isTrue();
        assertThat(new Checkpointing(5, 0).isDue(8, 0, 0)).isFalse();
        assertThat(cadence.isDue(3, 9.9, 1.0)).isFalse(); // a save of one second: every ten
        assertThat(cadence.isDue(3, 10, 1.0)).isTrue();
    }
}
