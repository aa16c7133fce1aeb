package io.vertebra.app;

import io.vertebra.backbones.zoo.DownloadProgress;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how a download goes: a bar on a terminal, elsewhere a line at its beginning and end and every ten seconds. */
final class DownloadReport implements Consumer<DownloadProgress> {
    private static final long BETWEEN_LINES = 10_000_000_000L;
    private static final long MIB = 1 << 20;

    private final Console console;
    private final LongSupplier nanoTime;
    private String file = "";
    private long lastLine;
    private ProgressBar bar;

    DownloadReport(Console console, LongSupplier nanoTime) {
        this.console = console;
        this.nanoTime = nanoTime;
    }

    @Override
    public void accept(DownloadProgress p) {
        boolean begins = !file.equals(p.weights().file());
        if (begins) {
            file = p.weights().file();
            console.say("downloading " + p.weights().url());
        }
        if (console.isTerminal()) {
            showBar(p);
        } else if (begins || p.isComplete() || nanoTime.getAsLong() - lastLine >= BETWEEN_LINES) {
            lastLine = nanoTime.getAsLong();
            console.say(p.line());
        }
        if (p.isComplete()) {
            file = "";
        }
    }

    private void showBar(DownloadProgress p) {
        if (bar == null) {
            bar = new ProgressBarBuilder()
                    .setTaskName(p.weights().file())
                    .setUnit(" MiB", MIB)
                    .setInitialMax(p.total().orElse(-1))
                    .setStyle(ProgressBarStyle.ASCII)
                    .setConsumer(new ConsoleProgressBarConsumer(System.err))
                    .build();
        }
        bar.stepTo(p.received());
        if (p.isComplete()) {
            bar.close();
            bar = null;
        }
    }
}
