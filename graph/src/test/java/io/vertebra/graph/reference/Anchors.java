package io.vertebra.graph.reference;

import io.vertebra.graph.op.AnchorAverage;
import java.util.Arrays;

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
        return Math.max(1, Arrays.stream(labels).filter(label -> label > least).count());
    }
}
