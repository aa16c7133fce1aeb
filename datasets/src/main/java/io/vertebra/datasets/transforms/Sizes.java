package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Check;

/** The check that all transforms with a size share. */
final class Sizes {

    private static final int LARGEST = 1 << 14;

    private Sizes() {}

    static void check(Integer size) {
        Check.that(size != null, "size", "is missing; give the length in pixels");
        Check.that(size >= 1 && size <= LARGEST, "size", "must lie in [1, %d], is %d", LARGEST, size);
    }
}
