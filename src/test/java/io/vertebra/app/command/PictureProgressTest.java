package io.vertebra.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.app.Console;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PictureProgressTest {
    @Test
    void writesALineEveryTenSeconds() {
        StringWriter err = new StringWriter();
        Console console = new Console(new PrintWriter(new StringWriter()), new PrintWriter(err, true), false);
        AtomicLong clock = new AtomicLong(7);
        try (PictureProgress progress = new PictureProgress(console, 100, clock::get)) {
            progress.done(1);
            clock.set(7 + 9_999_999_999L);
            progress.done(2);
            clock.set(7 + 10_000_000_000L);
            progress.done(3);
            clock.set(7 + 19_000_000_000L);
            progress.done(4);
            clock.set(7 + 21_000_000_000L);
            progress.done(5);
        }
        assertThat(err.toString().lines()).containsExactly("3 of 100 pictures", "5 of 100 pictures");
    }
}
