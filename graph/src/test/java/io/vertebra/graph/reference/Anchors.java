package io.vertebra.graph.reference;

import java.util.Arrays;

/** Labels of anchors: 0 background, above it a class. */
final class Anchors {
    private Anchors() {}

    /** What losses over anchors are divided by: the positive ones of the batch, at least 1. */
    static double divisor(double[] labels) {
        return Math.max(1, Arrays.stream(labels).filter(label -> label > 0).count());
    }
}
