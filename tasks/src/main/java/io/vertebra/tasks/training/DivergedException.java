package io.vertebra.tasks.training;

/** A training whose loss or weights are no numbers any more; the message names the step and what to try. */
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long step;

    /** Says at which update, and what was found. */
    public DivergedException(long step, String reason) {
        super("step " + step + ": " + reason);
        this.step = step;
    }

    /** Updates done before it was found. */
    public long step() {
        return step;
    }
}
