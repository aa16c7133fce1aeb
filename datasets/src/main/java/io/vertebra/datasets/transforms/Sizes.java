package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Check;
import io.vertebra.images.Size;
import java.util.List;

/** Checks and arithmetic that all transforms with a size share. */
final class Sizes {

    static final int LARGEST = 1 << 14;

    private Sizes() {}

    static void check(Integer size) {
        Check.that(size != null, "size", "is missing; give the length in pixels");
        checkSide("size", size);
    }

    /** A square by its side, or height and width. */
    static List<Integer> check(List<Integer> size) {
        Check.that(size != null, "size", "is missing; give the length in pixels, or height and width");
        Check.that(
                size.size() == 1 || size.size() == 2,
                "size",
                "needs one number, or height and width, has %d numbers",
                size.size());
        size.forEach(side -> checkSide("size", side));
        return List.copyOf(size);
    }

    /** The size that {@link #check(List)} let pass. */
    static Size of(List<Integer> size) {
        return new Size(size.get(0), size.get(size.size() - 1));
    }

    /** Two lengths that a picture has to fit into, the longer one for its longer side. */
    static List<Integer> checkScale(List<Integer> scale) {
        Check.that(scale.size() == 2, "scale", "needs two numbers, width and height, has %d", scale.size());
        scale.forEach(side -> checkSide("scale", side));
        return List.copyOf(scale);
    }

    private static void checkSide(String key, int side) {
        Check.that(side >= 1 && side <= LARGEST, key, "must lie in [1, %d], is %d", LARGEST, side);
    }

    /**
     * The largest size with the picture's ratio whose longer side is at most the longer of two lengths and the shorter one at most the shorter,
     * as mmcv's {@code rescale_size}; halves are rounded up, no side is less than 1.
     */
    static Size fit(Size picture, int one, int other) {
        double factor = Math.min(
                (double) Math.max(one, other) / Math.max(picture.height(), picture.width()),
                (double) Math.min(one, other) / Math.min(picture.height(), picture.width()));
        return new Size(scaled(picture.height(), factor), scaled(picture.width(), factor));
    }

    private static int scaled(int side, double factor) {
        return Math.max(1, (int) (side * factor + 0.5));
    }
}
