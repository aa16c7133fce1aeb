package io.vertebra.tasks.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.tasks.config.Horizon;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeterTest {
    private final Meter meter = new Meter();
    private final Counters counters = new Counters();

    @Test
    void aRowAveragesOverItsUpdates() {
        meter.update(0.5, 0.1, 8);
        meter.update(1.5, 0.3, 16);
        assertThat(meter.row()).isEqualTo(Map.of("time", 1.0, "data_time", 0.2, "images_per_s", 12.0));
        assertThat(meter.row()).isEmpty();
        meter.update(2, 0, 4);
        assertThat(meter.row()).isEqualTo(Map.of("time", 2.0, "data_time", 0.0, "images_per_s", 2.0));
    }

    @Test
    void progressIsSmoothed() {
        counters.step = 5;
        counters.addLoss("loss", 3);
        counters.lossCount = 2;
        counters.learningRate = 0.25;
        meter.update(1, 0.5, 10);
        TrainingListener.Progress first = meter.progress(counters, new Horizon(25, 10, true));
        assertThat(first).isEqualTo(new TrainingListener.Progress(1, 5, 25, 1.5, 0.25, 10, 0.5, 20));
        meter.update(2, 0.5, 10);
        TrainingListener.Progress second = meter.progress(counters, new Horizon(25, 10, true));
        assertThat(second.secondsLeft()).isCloseTo(20 * 1.1, within(1e-12)); // a tenth of the way to 2
        assertThat(second.imagesPerSecond()).isCloseTo(10 / 1.1, within(1e-12));
        assertThat(second.dataShare()).isCloseTo(0.5 / 1.1, within(1e-12));
        assertThat(meter.secondsPerStep()).isCloseTo(1.1, within(1e-12));
    }

    @Test
    void epochsAreCountedFromOne() {
        assertThat(counters.epoch(10)).isZero();
        counters.step = 1;
        assertThat(counters.epoch(10)).isEqualTo(1);
        counters.step = 10;
        assertThat(counters.epoch(10)).isEqualTo(1);
        counters.step = 11;
        assertThat(counters.epoch(10)).isEqualTo(2);
    }

    @Test
    void durationsAreWrittenForPeople() {
        assertThat(RunFiles.duration(59.44)).isEqualTo("59.4 s");
        assertThat(RunFiles.duration(59.6)).isEqualTo("1 min 00 s");
        assertThat(RunFiles.duration(61.2)).isEqualTo("1 min 01 s");
        assertThat(RunFiles.duration(3599.4)).isEqualTo("59 min 59 s");
        assertThat(RunFiles.duration(3599.6)).isEqualTo("1 h 00 min");
        assertThat(RunFiles.duration(7384)).isEqualTo("2 h 03 min");
    }
}
