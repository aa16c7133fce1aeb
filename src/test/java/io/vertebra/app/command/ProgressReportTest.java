package io.vertebra.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.app.Console;
import io.vertebra.tasks.config.Horizon;
import io.vertebra.tasks.training.TrainingListener;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressReportTest {
    @Test
    void writesPlainLinesWhereThereIsNoTerminal() {
        StringWriter err = new StringWriter();
        Console console = new Console(new PrintWriter(new StringWriter()), new PrintWriter(err, true), false);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("top1", 0.5);
        metrics.put("loss", 1.25);
        try (ProgressReport report = new ProgressReport(console, () -> 0)) {
            report.started(0, new Horizon(100, 25, true));
            report.evaluated(25, metrics, true);
            report.evaluated(50, metrics, false);
            report.warned("the learning rate is high");
            report.started(50, new Horizon(100, 25, true));
        }
        assertThat(err.toString().lines())
                .containsExactly(
                        "training for 100 updates, 25 an epoch",
                        "update 25: top1 0.5000, loss 1.2500, the best so far",
                        "update 50: top1 0.5000, loss 1.2500",
                        "the learning rate is high",
                        "going on at update 50 of 100");
        assertThat(err.toString()).doesNotContain("\r");
    }

    @Test
    void writesALineEveryTenSeconds() {
        StringWriter err = new StringWriter();
        Console console = new Console(new PrintWriter(new StringWriter()), new PrintWriter(err, true), false);
        AtomicLong clock = new AtomicLong(7);
        try (ProgressReport report = new ProgressReport(console, clock::get)) {
            report.started(0, new Horizon(100, 25, true));
            long step = 0;
            for (double seconds : new double[] {1, 9.999, 10, 19, 21}) {
                clock.set(7 + (long) (seconds * 1e9));
                report.progressed(new TrainingListener.Progress(2, ++step, 100, 0.5, 0.1, 12.25, 0.37, 125));
            }
        }
        assertThat(err.toString().lines().skip(1))
                .containsExactly(
                        "epoch 2, update 3 of 100, loss 0.5000, 12.3 images/s, waited for data 37 %, 2 min 5 s left",
                        "epoch 2, update 5 of 100, loss 0.5000, 12.3 images/s, waited for data 37 %, 2 min 5 s left");
    }

    @ParameterizedTest
    @CsvSource({
        "0.4, 0 s",
        "59.4, 59 s",
        "59.6, 1 min 0 s",
        "125, 2 min 5 s",
        "3599, 59 min 59 s",
        "3600, 1 h 0 min",
        "7325, 2 h 2 min",
        "NaN, an unknown time"
    })
    void tellsTimesInPeoplesUnits(double seconds, String text) {
        assertThat(ProgressReport.duration(seconds)).isEqualTo(text);
    }
}
