package io.vertebra.graph.reference;

import io.vertebra.graph.op.AnchorAverage;

/** Labels of anchors: 0 background, above it a class. */
final class Anchors {
    private Anchors() {}

    /** What losses over anchors are divided by: the positive ones of the batch, at least 1. */
    static double divisor(double[] labels) {
        return divisor(labels, AnchorAverage.POSITIVES);
    }

    /** The anchors that an average names, at least 1. */
    static double divisor(double[] labels, AnchorAverage average) {
        double least = average == AnchorAverage.VALID ? -0.5 : 0.5;
        int count = 0;
        for (double label : labels) {
            count += label > least ? 1 : 0;
        }
        return Math.max(1, count);
    }
}
