package io.vertebra.app.command;

import io.vertebra.app.Console;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how many pictures are done: a bar on a terminal, elsewhere a line every ten seconds. */
final class PictureProgress implements AutoCloseable {
    private static final long BETWEEN_LINES = 10_000_000_000L;

    private final Console console;
    private final int count;
    private final LongSupplier nanos;
    private final ProgressBar bar;
    private long lastLine;

    /**
     * Begins at none of them.
     *
     * @param nanos the clock
     */
    PictureProgress(Console console, int count, LongSupplier nanos) {
        this.console = console;
        this.count = count;
        this.nanos = nanos;
        this.lastLine = nanos.getAsLong();
        this.bar = console.isTerminal()
                ? new ProgressBarBuilder()
                        .setTaskName("embed")
                        .setInitialMax(count)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setConsumer(new ConsoleProgressBarConsumer(System.err))
                        .build()
                : null;
    }

    /** So many are done. */
    void done(int pictures) {
        if (bar != null) {
            bar.stepTo(pictures);
        } else if (nanos.getAsLong() - lastLine >= BETWEEN_LINES) {
            lastLine = nanos.getAsLong();
            console.say(pictures + " of " + count + " pictures");
        }
    }

    /** Ends the bar, if there is one, so that later lines stand below it. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
