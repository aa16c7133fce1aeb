package io.vertebra.tasks.training;

/**
 * How often a checkpoint is written between evaluations, each of which has one.
 *
 * @param seconds of training between two; raised so that saving takes a tenth of the time at most
 * @param iterations updates between two; 0: only seconds count
 */
public record Checkpointing(double seconds, long iterations) {
    /** A kill costs a few seconds. */
    public static final Checkpointing DEFAULT = new Checkpointing(5, 0);

    /** A checkpoint that takes a second is written every ten seconds. */
    private static final double LEAST_RATIO = 10;

    /** Whether one is due. */
    boolean isDue(long step, double secondsSinceLast, double lastDuration) {
        return (iterations > 0 && step % iterations == 0)
                || secondsSinceLast >= Math.max(seconds, LEAST_RATIO * lastDuration);
    }
}
