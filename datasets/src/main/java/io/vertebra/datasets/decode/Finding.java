package io.vertebra.datasets.decode;

import io.vertebra.datasets.DatasetException;

/**
 * Something that the lint of a file found.
 *
 * @param severity whether the file can be used all the same
 * @param file as the user named it
 * @param position such as {@code line 2}; empty for the whole file
 * @param reason what is wrong, in one line
 */
public record Finding(Severity severity, String file, String position, String reason) {

    /** How bad it is. */
    public enum Severity {
        /** Usable, but perhaps not what was meant. */
        WARNING,
        /** Not usable. */
        ERROR
    }

    static Finding error(DatasetException fault) {
        return new Finding(Severity.ERROR, fault.file(), fault.position(), fault.reason());
    }

    /** {@code file: position: reason}, with {@code warning:} before the reason of a warning. */
    @Override
    public String toString() {
        return file + (position.isEmpty() ? "" : ": " + position) + (severity == Severity.WARNING ? ": warning" : "")
                + ": " + reason;
    }
}
