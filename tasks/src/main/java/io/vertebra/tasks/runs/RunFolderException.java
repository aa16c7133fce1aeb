package io.vertebra.tasks.runs;

import java.nio.file.Path;

/** An output folder that a run cannot have; the message is one line {@code folder: reason}. */
public final class RunFolderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Kind {
        /** Another process is writing it. */
        IN_USE,
        /** It holds a run that is complete. */
        COMPLETE,
        /** It holds a run that can be resumed. */
        INTERRUPTED,
        /** It holds other things. */
        FOREIGN,
        /** It holds a run of another config. */
        OTHER_CONFIG
    }

    private final transient Path folder;
    private final Kind kind;
    private final String reason;

    /** Says which folder, and what is the matter with it. */
    public RunFolderException(Path folder, Kind kind, String reason) {
        super(folder + ": " + reason);
        this.folder = folder;
        this.kind = kind;
        this.reason = reason;
    }

    /** The folder, as it was named by the caller. */
    public Path folder() {
        return folder;
    }

    /** Why. */
    public Kind kind() {
        return kind;
    }

    /** What is the matter, and what to do. */
    public String reason() {
        return reason;
    }
}
