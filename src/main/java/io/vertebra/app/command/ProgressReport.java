package io.vertebra.app.command;

import io.vertebra.app.Console;
import io.vertebra.tasks.config.Horizon;
import io.vertebra.tasks.training.TrainingListener;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how a training goes: a bar on a terminal, elsewhere a line every ten seconds and one for each evaluation. */
final class ProgressReport implements TrainingListener, AutoCloseable {
    private static final long BETWEEN_LINES = 10_000_000_000L;

    private final Console console;
    private final LongSupplier nanos;
    private ProgressBar bar;
    private String metrics = "";
    private long lastLine;

    /** @param nanos the clock */
    ProgressReport(Console console, LongSupplier nanos) {
        this.console = console;
        this.nanos = nanos;
    }

    @Override
    public void started(long step, Horizon horizon) {
        lastLine = nanos.getAsLong();
        console.say(
                step == 0
                        ? "training for " + horizon.steps() + " updates, " + horizon.stepsPerEpoch() + " an epoch"
                        : "going on at update " + step + " of " + horizon.steps());
        if (console.isTerminal()) {
            bar = new ProgressBarBuilder()
                    .setTaskName("train")
                    .setInitialMax(horizon.steps())
                    .setStyle(ProgressBarStyle.ASCII)
                    .setConsumer(new ConsoleProgressBarConsumer(System.err))
                    .build();
            bar.stepTo(step);
        }
    }

    @Override
    public void progressed(Progress p) {
        if (bar != null) {
            bar.stepTo(p.step());
            bar.setExtraMessage(String.format(
                    Locale.ROOT,
                    "epoch %d, loss %.3f%s, %.0f images/s",
                    p.epoch(),
                    p.loss(),
                    metrics,
                    p.imagesPerSecond()));
            return;
        }
        if (nanos.getAsLong() - lastLine >= BETWEEN_LINES) {
            lastLine = nanos.getAsLong();
            console.say(String.format(
                    Locale.ROOT,
                    "epoch %d, update %d of %d, loss %.4f, %.1f images/s, waited for data %.0f %%, %s left",
                    p.epoch(),
                    p.step(),
                    p.steps(),
                    p.loss(),
                    p.imagesPerSecond(),
                    100 * p.dataShare(),
                    duration(p.secondsLeft())));
        }
    }

    @Override
    public void evaluated(long step, Map<String, Double> figures, boolean isBest) {
        String text = figures.entrySet().stream()
                .map(e -> String.format(Locale.ROOT, "%s %.4f", e.getKey(), e.getValue()))
                .collect(Collectors.joining(", "));
        metrics = ", " + text;
        if (bar == null) {
            console.say("update " + step + ": " + text + (isBest ? ", the best so far" : ""));
        }
    }

    @Override
    public void warned(String line) {
        console.say(line);
    }

    /** Ends the bar, if there is one, so that later lines stand below it. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    static String duration(double seconds) {
        if (!Double.isFinite(seconds)) {
            return "an unknown time";
        }
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        return whole < 3600
                ? whole / 60 + " min " + whole % 60 + " s"
                : whole / 3600 + " h " + whole % 3600 / 60 + " min";
    }
}
