package io.vertebra.tasks.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.tasks.config.EvaluateConfig.Mode;
import io.vertebra.tasks.config.EvaluateConfig.Protocol;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is asked of segmentation and detection; the rest is in {@link ConfigTest}. */
class EvaluateConfigTest {
    private static EvaluateConfig config(List<Integer> crop, List<Integer> stride, List<Double> scales, Double show) {
        return new EvaluateConfig(null, null, null, null, null, null, null, crop, stride, scales, null, null, show);
    }

    private static EvaluateConfig windows(List<Integer> crop, List<Integer> stride) {
        return config(crop, stride, null, null);
    }

    @Test
    void picturesAreAnsweredWholeAndAsTheyAre() {
        EvaluateConfig config = EvaluateConfig.defaults();
        assertThat(config.mode()).isEqualTo(Mode.WHOLE);
        assertThat(config.crop()).containsExactly(512, 512);
        assertThat(config.stride()).containsExactly(341, 341);
        assertThat(config.scales()).containsExactly(1.0);
        assertThat(config.flip()).isFalse();
        assertThat(config.protocol()).isEqualTo(Protocol.COCO);
        assertThat(config.showScore()).isEqualTo(0.3);
        assertThat(config.batchSize()).isEqualTo(32);
        assertThat(config.keep()).isEqualTo(2);
    }

    @Test
    void stepsAreTwoThirdsOfTheWindow() {
        assertThat(windows(List.of(769, 90), null).stride()).containsExactly(512, 60);
        assertThat(windows(List.of(1, 2), null).stride()).containsExactly(1, 1);
    }

    @Test
    void windowsMustCoverThePicture() {
        assertThat(windows(List.of(4, 5), List.of(4, 5)).stride()).containsExactly(4, 5);
        assertThatThrownBy(() -> windows(List.of(4, 5), List.of(5, 5)))
                .hasMessage("stride: [5, 5] leaves gaps between windows of [4, 5]");
        assertThatThrownBy(() -> windows(List.of(4, 5), List.of(4, 6))).hasMessageContaining("leaves gaps");
        assertThatThrownBy(() -> windows(List.of(4), null)).hasMessage("crop: must be [height, width], is [4]");
        assertThatThrownBy(() -> windows(List.of(0, 4), null)).hasMessageContaining("is [0, 4]");
        assertThatThrownBy(() -> windows(List.of(4, 0), null)).hasMessageContaining("is [4, 0]");
        assertThatThrownBy(() -> windows(List.of(4, 4, 4), null)).hasMessageContaining("crop");
        assertThatThrownBy(() -> windows(List.of(4, 4), List.of(0, 1)))
                .hasMessage("stride: must be [height, width], is [0, 1]");
        assertThatThrownBy(() -> windows(List.of(4, 4), List.of(1))).hasMessageContaining("stride");
    }

    @Test
    void scalesAreFactors() {
        assertThat(config(null, null, List.of(0.5, 8.0), null).scales()).containsExactly(0.5, 8.0);
        assertThatThrownBy(() -> config(null, null, List.of(), null))
                .hasMessage("scales: needs a factor; 1.0 is the picture as it is");
        assertThatThrownBy(() -> config(null, null, List.of(1.0, 0.0), null))
                .hasMessage("scales: must lie in (0, 8], has 0.0");
        assertThatThrownBy(() -> config(null, null, List.of(8.1), null)).hasMessageContaining("has 8.1");
        assertThatThrownBy(() -> config(null, null, List.of(Double.NaN), null)).hasMessageContaining("has NaN");
    }

    @Test
    void scoresAreShares() {
        assertThat(config(null, null, null, 0.0).showScore()).isZero();
        assertThat(config(null, null, null, 1.0).showScore()).isEqualTo(1);
        assertThatThrownBy(() -> config(null, null, null, -0.1)).hasMessage("show_score: must lie in [0, 1], is -0.1");
        assertThatThrownBy(() -> config(null, null, null, 1.1)).hasMessageContaining("show_score");
    }

    @Test
    void aResolvedRecordCanBeReadAgain() {
        EvaluateConfig c = windows(List.of(40, 60), null);
        assertThat(new EvaluateConfig(
                        c.batchSize(),
                        c.everyEpochs(),
                        c.everyIterations(),
                        c.best(),
                        c.keep(),
                        c.patience(),
                        c.mode(),
                        c.crop(),
                        c.stride(),
                        c.scales(),
                        c.flip(),
                        c.protocol(),
                        c.showScore()))
                .isEqualTo(c);
    }
}
