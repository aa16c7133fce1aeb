package io.vertebra.export;

import java.util.Arrays;

/**
 * Which regions of one run are which of another, by picture and box: of nearly equal scores rounding may give either first,
 * and of boxes that overlap by just the threshold either one or both.
 *
 * @param theirs for each of our regions the place of the other run's, −1 where it has none
 */
@SuppressWarnings("ArrayRecordComponent") // handed on at once, compared by no one
record RegionPairs(int[] theirs) {
    private static final int COLUMNS = 5;

    /** Pixels by which a corner may lie elsewhere. */
    private static final float NEAR = 0.5f;

    /** Share of regions that may be alone. */
    private static final double ALONE = 0.02;

    /** Of regions (R, 5) each. */
    static RegionPairs of(float[] ours, float[] theirs) {
        int[] places = new int[ours.length / COLUMNS];
        boolean[] taken = new boolean[theirs.length / COLUMNS];
        for (int r = 0; r < places.length; r++) {
            places[r] = nearest(ours, r, theirs, taken);
            if (places[r] >= 0) {
                taken[places[r]] = true;
            }
        }
        return new RegionPairs(places);
    }

    private static int nearest(float[] ours, int region, float[] theirs, boolean[] taken) {
        int nearest = -1;
        float least = NEAR;
        for (int other = 0; other < taken.length; other++) {
            float far = taken[other] ? NEAR : distance(ours, region, theirs, other);
            if (far < least) {
                least = far;
                nearest = other;
            }
        }
        return nearest;
    }

    /** The largest difference of two rows; pictures differ by whole numbers. */
    private static float distance(float[] ours, int region, float[] theirs, int other) {
        float largest = 0;
        for (int column = 0; column < COLUMNS; column++) {
            largest = Math.max(largest, Math.abs(ours[COLUMNS * region + column] - theirs[COLUMNS * other + column]));
        }
        return largest;
    }

    /** Whether so few are alone that rounding explains it. */
    boolean agree() {
        return Arrays.stream(theirs).filter(place -> place < 0).count() <= ALONE * theirs.length;
    }

    /** The difference of what two runs say of regions, of all pairs. */
    double difference(float[] expected, float[] actual) {
        if (!agree() || theirs.length == 0 || expected.length != actual.length) {
            return Double.POSITIVE_INFINITY;
        }
        int columns = expected.length / theirs.length;
        int paired = (int) Arrays.stream(theirs).filter(place -> place >= 0).count();
        float[] ours = new float[paired * columns];
        float[] others = new float[paired * columns];
        int row = 0;
        for (int r = 0; r < theirs.length; r++) {
            if (theirs[r] >= 0) {
                System.arraycopy(expected, r * columns, ours, row * columns, columns);
                System.arraycopy(actual, theirs[r] * columns, others, row * columns, columns);
                row++;
            }
        }
        return OnnxCheck.difference(ours, others);
    }
}
