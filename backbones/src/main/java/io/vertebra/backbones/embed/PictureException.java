package io.vertebra.backbones.embed;

import java.nio.file.Path;

/** A picture file that cannot be used; the message is {@code file: reason}. */
public final class PictureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final String reason;

    PictureException(Path file, String reason, Throwable cause) {
        super(file + ": " + reason, cause);
        this.file = file;
        this.reason = reason;
    }

    /** The file, as it was named by the caller. */
    public Path file() {
        return file;
    }

    /** What is wrong with it. */
    public String reason() {
        return reason;
    }
}
