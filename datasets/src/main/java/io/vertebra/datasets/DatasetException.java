package io.vertebra.datasets;

import java.util.Objects;

/** A file of a data set cannot be used; the message is one line, {@code file: position: reason}. */
public final class DatasetException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String file;
    private final String position;
    private final String reason;

    /** A fault at a place in a file; an empty position stands for the whole file. */
    public DatasetException(String file, String position, String reason, Throwable cause) {
        super(file + (position.isEmpty() ? "" : ": " + position) + ": " + reason, cause);
        this.file = Objects.requireNonNull(file, "file");
        this.position = position;
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /** A fault of a whole file. */
    public DatasetException(String file, String reason) {
        this(file, "", reason, null);
    }

    /** The file or folder, as the user named it. */
    public String file() {
        return file;
    }

    /** Where in the file, such as {@code line 2} or {@code byte 155}; empty for the whole file. */
    public String position() {
        return position;
    }

    /** What is wrong, in one line. */
    public String reason() {
        return reason;
    }
}
