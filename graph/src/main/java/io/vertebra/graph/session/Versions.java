package io.vertebra.graph.session;

/** Counts the changes of a session's masters, so that copies are refreshed only when they must be. */
public final class Versions {
    private long weights;
    private long statistics;

    /** Trained parameters and the moving average have changed. */
    public void weightsChanged() {
        weights++;
    }

    /** Running statistics have changed. */
    public void statisticsChanged() {
        statistics++;
    }

    /** A number that changes with the parts asked for. */
    public long of(boolean ofWeights, boolean ofStatistics) {
        return (ofWeights ? weights : 0) + (ofStatistics ? statistics : 0);
    }
}
