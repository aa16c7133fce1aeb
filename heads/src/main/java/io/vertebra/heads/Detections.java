package io.vertebra.heads;

import io.vertebra.graph.op.Check;

/**
 * What was found in one picture, best first.
 *
 * @param boxes x1, y1, x2, y2 of each, in pixels of the picture that the network saw
 * @param scores of each, in [0, 1]
 * @param classes of each, as the network counts them: 1 is the first, 0 would be the background
 */
@SuppressWarnings("ArrayRecordComponent") // arrays as region's, and as large
public record Detections(float[] boxes, float[] scores, int[] classes) {

    /** Checks the lengths. */
    public Detections {
        Check.that(
                boxes.length == 4 * scores.length && classes.length == scores.length,
                "detections",
                "have %d numbers of boxes, %d scores and %d classes",
                boxes.length,
                scores.length,
                classes.length);
    }

    /** How many. */
    public int count() {
        return scores.length;
    }
}
