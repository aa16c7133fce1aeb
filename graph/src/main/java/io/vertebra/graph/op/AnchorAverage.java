package io.vertebra.graph.op;

/** What the sum of a loss over anchors is divided by; 1 where it is 0. */
public enum AnchorAverage {
    /** The anchors of the batch whose label is above 0, as dense detectors do. */
    POSITIVES,
    /** The anchors of the batch that are not ignored, as region proposal networks do. */
    VALID
}
