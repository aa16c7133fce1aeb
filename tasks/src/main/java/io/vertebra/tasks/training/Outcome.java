package io.vertebra.tasks.training;

import java.util.Map;

/**
 * How a training ended.
 *
 * @param status whether it is complete
 * @param step updates done
 * @param metrics of the last evaluation; empty if there was none
 * @param samples training pictures seen
 * @param seconds of training, without evaluations; earlier parts of a resumed run included
 */
public record Outcome(Status status, long step, Map<String, Double> metrics, long samples, double seconds) {

    /** Whether it is complete. */
    public enum Status {
        /** All updates are done, or patience ended it; the report is written. */
        COMPLETE,
        /** It was asked to stop and can be resumed. */
        INTERRUPTED
    }
}
