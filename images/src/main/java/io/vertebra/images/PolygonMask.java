package io.vertebra.images;

import java.util.Arrays;
import java.util.List;

/**
 * Masks of polygons, pixel for pixel as COCO's tools make them: a pixel's membership decides the size of an object and its IoU.
 *
 * <p>The outline is walked on a grid five times as fine as the pixels. Where it steps from one fine column to the next over the middle of a pixel
 * column, the column's membership changes from the row below on. Here only those steps are looked at, so that the work grows with the columns
 * that an edge crosses and not with its length.
 */
public final class PolygonMask {

    private static final int FINE = 5;
    /** The middle fine column of pixel column k is 5k + 2; the step to 5k + 3 changes the membership. */
    private static final int MIDDLE = 2;
    /** No coordinate may be further out; fine coordinates and their differences stay exact in int. */
    private static final double FARTHEST = 1 << 26;

    private static final int MOST_CROSSINGS = 1 << 20;

    private final int height;
    private final int width;
    private int[] crossings = new int[64];
    private int count;

    private PolygonMask(int height, int width) {
        this.height = height;
        this.width = width;
    }

    /**
     * The mask of all pixels that lie in at least one polygon.
     *
     * @param polygons each x, y, x, y, ... in pixels, at least three corners; they may leave the picture
     * @throws IllegalArgumentException if a polygon has an odd number of coordinates, too few or senseless ones
     */
    public static Mask of(int height, int width, List<double[]> polygons) {
        Mask union = null;
        int pixels = Math.multiplyExact(height, width);
        for (double[] polygon : polygons) {
            Mask next = of(height, width, polygon);
            union = union == null ? next : union.union(next);
        }
        return union == null ? Mask.ofRuns(height, width, pixels) : union;
    }

    private static Mask of(int height, int width, double[] polygon) {
        if (polygon.length < 6 || polygon.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "polygon: %d numbers do not make at least three corners".formatted(polygon.length));
        }
        int[] fine = new int[polygon.length];
        for (int i = 0; i < fine.length; i++) {
            if (!(Math.abs(polygon[i]) <= FARTHEST)) {
                throw new IllegalArgumentException("polygon: coordinate " + polygon[i] + " is out of range");
            }
            fine[i] = (int) (FINE * polygon[i] + 0.5);
        }
        PolygonMask outline = new PolygonMask(height, width);
        for (int i = 0; i < fine.length; i += 2) {
            int next = (i + 2) % fine.length;
            outline.edge(fine[i], fine[i + 1], fine[next], fine[next + 1]);
        }
        return outline.filled();
    }

    private void edge(int x1, int y1, int x2, int y2) {
        if (Math.abs(x2 - x1) >= Math.abs(y2 - y1)) {
            if (x1 <= x2) {
                flat(x1, y1, x2, y2);
            } else {
                flat(x2, y2, x1, y1);
            }
        } else if (y1 <= y2) {
            steep(x1, y1, x2, y2);
        } else {
            steep(x2, y2, x1, y1);
        }
    }

    /** An edge with a point in every fine column from left to right. */
    private void flat(int x1, int y1, int x2, int y2) {
        double slope = (double) (y2 - y1) / (x2 - x1);
        for (int k = firstColumn(x1); k <= lastColumn(x2); k++) {
            int step = FINE * k + MIDDLE - x1;
            int before = (int) (y1 + slope * step + 0.5);
            int after = (int) (y1 + slope * (step + 1) + 0.5);
            cross(k, Math.min(before, after));
        }
    }

    /** An edge with a point in every fine row from top to bottom. */
    private void steep(int x1, int y1, int x2, int y2) {
        double slope = (double) (x2 - x1) / (y2 - y1);
        int sign = x2 >= x1 ? 1 : -1;
        for (int k = firstColumn(Math.min(x1, x2)); k <= lastColumn(Math.max(x1, x2)); k++) {
            int right = FINE * k + MIDDLE + 1;
            int inside = 0; // the last step known to lie on the side where the edge begins
            int outside = y2 - y1; // the first step known to lie on the other one
            while (outside - inside > 1) {
                int middle = (inside + outside) >>> 1;
                boolean isRight = (int) (x1 + slope * middle + 0.5) >= right;
                if (isRight == sign > 0) {
                    outside = middle;
                } else {
                    inside = middle;
                }
            }
            cross(k, y1 + inside);
        }
    }

    /** The first pixel column whose middle is not left of a fine column. */
    private static int firstColumn(int fine) {
        return Math.max(0, Math.floorDiv(fine - MIDDLE + FINE - 1, FINE));
    }

    /** The last pixel column whose middle and the fine column after it are not right of a fine column. */
    private int lastColumn(int fine) {
        return Math.min(width - 1, Math.floorDiv(fine - MIDDLE - 1, FINE));
    }

    private void cross(int column, int fineRow) {
        double row = (fineRow + 0.5) / FINE - 0.5;
        int first = (int) Math.ceil(Math.max(0, Math.min(height, row)));
        if (count == crossings.length) {
            if (count >= MOST_CROSSINGS) {
                throw new IllegalArgumentException(
                        "polygon: crosses more than " + MOST_CROSSINGS + " pixel columns in all");
            }
            crossings = Arrays.copyOf(crossings, 2 * count);
        }
        crossings[count++] = column * height + first;
    }

    /** Every crossing switches between outside and inside; two at one place are none. */
    private Mask filled() {
        Arrays.sort(crossings, 0, count);
        int[] runs = new int[count + 1];
        int used = 0;
        int at = 0;
        int pixels = height * width;
        for (int i = 0; i < count && crossings[i] < pixels; i++) {
            if (i + 1 < count && crossings[i] == crossings[i + 1]) {
                i++;
            } else {
                runs[used++] = crossings[i] - at;
                at = crossings[i];
            }
        }
        runs[used++] = pixels - at;
        return Mask.of(height, width, Arrays.copyOf(runs, used));
    }
}
