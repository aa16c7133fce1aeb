package io.vertebra.app;

/** What the program says by its exit code; scripts rely on these numbers. */
public enum ExitCode {
    DONE(0, "done"),
    UNEXPECTED(1, "unexpected error: a bug of the program"),
    USAGE(2, "wrong command line"),
    CONFIG(10, "config invalid"),
    DATA(11, "data invalid, or findings of data check"),
    MODEL(12, "model, weights or checkpoint unreadable or not matching"),
    IO(13, "input/output error, disk full"),
    DIVERGED(14, "training diverged (NaN or infinity)"),
    BUSY(15, "run folder in use, complete, or waiting for --resume"),
    MEMORY(16, "not enough memory"),
    LIMIT(17, "a stated limit was missed"),
    ENGINE(18, "engine or native library missing for this machine"),
    INTERRUPTED(130, "interrupted (SIGINT), checkpoint written"),
    TERMINATED(143, "terminated (SIGTERM), checkpoint written");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /** The number. */
    public int code() {
        return code;
    }

    /** What it means, for help and manual. */
    public String meaning() {
        return meaning;
    }
}
