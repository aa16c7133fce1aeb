package io.vertebra.app.config;

/**
 * One thing that is wrong in a config.
 *
 * @param origin where it was written
 * @param path the key's path such as {@code train.optimizer}; empty for the document as a whole
 * @param reason what is wrong and what is allowed, without a full stop
 */
public record Fault(Origin origin, String path, String reason) {
    private static final int LONGEST_LINE = 600;

    /** One line: {@code where: key path: reason}; control characters and excess length are cut. */
    @Override
    public String toString() {
        return Text.oneLine(origin + ": " + (path.isEmpty() ? "" : path + ": ") + reason, LONGEST_LINE);
    }
}
