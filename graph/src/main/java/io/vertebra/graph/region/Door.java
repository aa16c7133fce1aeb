package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Size;

/** Checks of what comes in from outside: lengths, and numbers that are none. */
final class Door {
    private Door() {}

    /** The largest coordinate: areas and squares of distances stay finite. */
    private static final float LARGEST = 0x1p60f;

    /** The number of boxes in an array of coordinates. */
    static int boxes(String name, float[] boxes) {
        return rows(name, boxes, 4);
    }

    /** The number of rows in an array of coordinates. */
    static int rows(String name, float[] values, int columns) {
        whole(name, values.length, columns);
        for (int i = 0; i < values.length; i++) {
            if (!(Math.abs(values[i]) <= LARGEST)) {
                Check.that(false, name, "number %d is %s, no coordinate", i, values[i]);
            }
        }
        return values.length / columns;
    }

    static void finite(String name, float[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                Check.that(false, name, "number %d is %s", i, values[i]);
            }
        }
    }

    static void length(String name, int actual, long wanted) {
        Check.that(actual == wanted, name, "has %d numbers, needs %d", actual, wanted);
    }

    /** Throws unless so many numbers can be shared out alike. */
    static void whole(String name, int actual, long parts) {
        if (actual % parts != 0) { // what a message would need is not made for nothing
            Check.that(false, name, "has %d numbers, no multiple of %d", actual, parts);
        }
    }

    /** Checks rows of (picture, x1, y1, x2, y2) of so many pictures; answers how many there are. */
    static int rois(float[] rois, int pictures) {
        int count = rows("rois", rois, 5);
        for (int r = 0; r < count; r++) {
            float picture = rois[5 * r];
            if (!(picture >= 0 && picture < pictures && picture == (int) picture)) {
                Check.that(false, "rois", "row %d names image %s of %d", r, picture, pictures);
            }
        }
        return count;
    }

    /** The number of elements of an array that must be possible in Java. */
    static int elements(String name, long... extents) {
        long product = 1;
        for (long extent : extents) {
            Check.that(extent >= 0 && extent <= Integer.MAX_VALUE, name, "must be at least 0, is %d", extent);
            product *= extent;
            Check.that(product <= Integer.MAX_VALUE, name, "would have more than %d numbers", Integer.MAX_VALUE);
        }
        return (int) product;
    }

    static void share(String name, double value) {
        Check.that(value >= 0 && value <= 1, name, "must lie in [0, 1], is %s", value);
    }

    static void positive(String name, double value) {
        Check.that(value > 0 && Double.isFinite(value), name, "must be above 0, is %s", value);
    }

    static void picture(String name, Size size) {
        Check.atLeast(1, name, size);
    }
}
