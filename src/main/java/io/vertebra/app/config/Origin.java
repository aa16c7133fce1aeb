package io.vertebra.app.config;

import java.util.Objects;

/**
 * Where a value was written.
 *
 * @param source the file as the user named it, {@code --set key=value}, or {@code default}
 * @param line counted from 1; 0 where the source has no lines
 * @param column counted from 1; 0 where the source has no lines
 */
public record Origin(String source, int line, int column) implements Comparable<Origin> {

    /** The program itself: a value that nobody wrote. */
    public static final Origin DEFAULT = new Origin("default", 0, 0);

    public Origin {
        Objects.requireNonNull(source, "source");
    }

    /** A file as a whole, or an option of the command line. */
    public static Origin of(String source) {
        return new Origin(source, 0, 0);
    }

    /** Files in the order of their names, then top to bottom. */
    @Override
    public int compareTo(Origin other) {
        int bySource = source.compareTo(other.source);
        int byLine = bySource != 0 ? bySource : Integer.compare(line, other.line);
        return byLine != 0 ? byLine : Integer.compare(column, other.column);
    }

    @Override
    public String toString() {
        return line == 0 ? source : source + ":" + line + ":" + column;
    }
}
