package io.vertebra.tasks.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Update;
import org.junit.jupiter.api.Test;

class ConfigTest {
    private static TrainConfig train(
            Integer batchSize, Integer accumulate, Integer epochs, Integer iterations, Double clip) {
        return new TrainConfig(batchSize, accumulate, epochs, iterations, null, null, null, clip, null, null);
    }

    @Test
    void trainHasDefaults() {
        TrainConfig config = TrainConfig.defaults();
        assertThat(config.batchSize()).isEqualTo(16);
        assertThat(config.accumulate()).isEqualTo(1);
        assertThat(config.epochs()).isEqualTo(10);
        assertThat(config.iterations()).isZero();
        assertThat(config.optimizer()).isEqualTo(new OptimizerConfig.Sgd(0.01, 0.9, false, 1e-4, 1.0));
        assertThat(config.schedule()).isEqualTo(new Schedule.Cosine(0, 0.001, 0.0));
        assertThat(config.loss()).isEqualTo(LossConfig.smoothed(0.0));
        assertThat(config.clipNorm()).isZero();
        assertThat(config.freeze()).isEqualTo(new FreezeConfig(0, false));
        assertThat(config.ema()).isEqualTo(new EmaConfig(0.0));
    }

    @Test
    void aResolvedRecordCanBeReadAgain() {
        TrainConfig config = train(null, null, null, 500, null);
        assertThat(config.epochs()).isZero();
        assertThat(train(
                        config.batchSize(),
                        config.accumulate(),
                        config.epochs(),
                        config.iterations(),
                        config.clipNorm()))
                .isEqualTo(config);
    }

    @Test
    void trainRefusesWhatCannotBe() {
        assertThatThrownBy(() -> train(0, null, null, null, null)).hasMessage("batch_size: must be at least 1, is 0");
        assertThatThrownBy(() -> train(null, 0, null, null, null)).hasMessage("accumulate: must be at least 1, is 0");
        assertThatThrownBy(() -> train(null, null, -1, null, null)).hasMessage("epochs: must be at least 0, is -1");
        assertThatThrownBy(() -> train(null, null, 0, -1, null)).hasMessage("iterations: must be at least 0, is -1");
        assertThatThrownBy(() -> train(null, null, 3, 10, null))
                .hasMessage("iterations: is 10 beside epochs 3; give one of them");
        assertThatThrownBy(() -> train(null, null, null, null, -0.5))
                .hasMessage("clip_norm: must not be negative, is -0.5");
        assertThatThrownBy(() -> train(null, null, null, null, Double.NaN)).hasMessageContaining("is NaN");
        assertThatThrownBy(() -> train(null, null, null, null, Double.POSITIVE_INFINITY))
                .hasMessageContaining("is Infinity");
        assertThat(train(null, null, 0, null, null).epochs()).isZero();
    }

    @Test
    void optimizersRefuseWhatCannotBe() {
        assertThatThrownBy(() -> new OptimizerConfig.Sgd(0.0, null, null, null, null))
                .hasMessage("learning_rate: must be above 0, is 0.0");
        assertThatThrownBy(() -> new OptimizerConfig.Sgd(Double.POSITIVE_INFINITY, null, null, null, null))
                .hasMessage("learning_rate: must be above 0, is Infinity");
        assertThatThrownBy(() -> new OptimizerConfig.Sgd(null, 1.0, null, null, null))
                .hasMessage("momentum: must lie in [0, 1), is 1.0");
        assertThatThrownBy(() -> new OptimizerConfig.Sgd(null, 0.0, true, null, null))
                .hasMessage("nesterov: needs a momentum");
        assertThatThrownBy(() -> new OptimizerConfig.Sgd(null, null, null, 1.0, null))
                .hasMessage("weight_decay: must lie in [0, 1), is 1.0");
        assertThatThrownBy(() -> new OptimizerConfig.Sgd(null, null, null, null, 0.0))
                .hasMessage("layer_decay: must lie in (0, 1], is 0.0");
        assertThatThrownBy(() -> new OptimizerConfig.AdamW(null, null, 1.0, null, null, null))
                .hasMessage("beta2: must lie in [0, 1), is 1.0");
        assertThatThrownBy(() -> new OptimizerConfig.AdamW(-1.0, null, null, null, null, null))
                .hasMessageContaining("learning_rate");
        assertThatThrownBy(() -> new OptimizerConfig.AdamW(null, null, null, null, -0.1, null))
                .hasMessageContaining("weight_decay");
        assertThatThrownBy(() -> new OptimizerConfig.AdamW(null, null, null, null, null, 1.1))
                .hasMessageContaining("layer_decay");
        assertThat(new OptimizerConfig.Sgd(null, null, null, 0.0, 1.0).weightDecay())
                .isZero();
    }

    @Test
    void theEngineIsToldTheRuleTheLimitAndTheAverage() {
        TrainConfig config = new TrainConfig(
                null,
                null,
                null,
                null,
                new OptimizerConfig.AdamW(null, 0.8, 0.95, 1e-6, null, null),
                null,
                null,
                2.0,
                null,
                new EmaConfig(0.99));
        assertThat(config.update()).isEqualTo(new Update(new Optimizer.AdamW(0.8, 0.95, 1e-6), 2.0, 0.99));
        assertThat(new OptimizerConfig.Sgd(null, 0.5, true, null, null).rule()).isEqualTo(new Optimizer.Sgd(0.5, true));
        assertThat(new OptimizerConfig.AdamW(null, null, null, null, null, null))
                .isEqualTo(new OptimizerConfig.AdamW(0.001, 0.9, 0.999, 1e-8, 0.05, 1.0));
    }

    @Test
    void smallSectionsRefuseWhatCannotBe() {
        assertThatThrownBy(() -> LossConfig.smoothed(1.0)).hasMessage("label_smoothing: must lie in [0, 1), is 1.0");
        assertThatThrownBy(() -> LossConfig.smoothed(-0.1)).hasMessageContaining("label_smoothing");
        assertThatThrownBy(() -> new EmaConfig(1.0)).hasMessage("decay: must lie in [0, 1), is 1.0");
        assertThatThrownBy(() -> new EmaConfig(-0.1)).hasMessageContaining("decay");
        assertThatThrownBy(() -> new FreezeConfig(-1, null)).hasMessage("stages: must be at least 0, is -1");
    }

    @Test
    void evaluationIsOnceAnEpochUnlessIterationsAreGiven() {
        assertThat(EvaluateConfig.defaults()).isEqualTo(EvaluateConfig.of(32, 1, 0, "", 2, 0));
        assertThat(EvaluateConfig.of(null, null, 100, null, null, null).everyEpochs())
                .isZero();
        assertThat(EvaluateConfig.of(null, 2, 100, null, null, null).everyEpochs())
                .isEqualTo(2);
        assertThatThrownBy(() -> EvaluateConfig.of(0, null, null, null, null, null))
                .hasMessageContaining("batch_size");
        assertThatThrownBy(() -> EvaluateConfig.of(null, -1, null, null, null, null))
                .hasMessageContaining("every_epochs");
        assertThatThrownBy(() -> EvaluateConfig.of(null, null, -1, null, null, null))
                .hasMessageContaining("every_iterations");
        assertThatThrownBy(() -> EvaluateConfig.of(null, null, null, null, 0, null))
                .hasMessage("keep: must be at least 1, is 0");
        assertThatThrownBy(() -> EvaluateConfig.of(null, null, null, null, null, -1))
                .hasMessageContaining("patience");
    }
}
