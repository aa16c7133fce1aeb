package io.vertebra.onednn.session;

/** Counts the changes of a session's masters, so that copies are refreshed only when they must be. */
final class Versions {
    private long weights;
    private long statistics;

    /** Trained parameters and the moving average have changed. */
    void weightsChanged() {
        weights++;
    }

    /** Running statistics have changed. */
    void statisticsChanged() {
        statistics++;
    }

    /** A number that changes with the parts asked for. */
    long of(boolean ofWeights, boolean ofStatistics) {
        return (ofWeights ? weights : 0) + (ofStatistics ? statistics : 0);
    }
}
