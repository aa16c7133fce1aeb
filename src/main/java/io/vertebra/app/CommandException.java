package io.vertebra.app;

/** A command that cannot do what was asked; its message is the line that the user sees. */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ExitCode code;

    /** Says in one line where it is, what is wrong, what to do. */
    public CommandException(ExitCode code, String message) {
        super(message);
        this.code = code;
    }

    /** What the program ends with. */
    public ExitCode code() {
        return code;
    }
}
