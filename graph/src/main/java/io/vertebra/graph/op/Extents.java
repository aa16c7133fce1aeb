package io.vertebra.graph.op;

/** How extents of two inputs agree while some are unknown. */
final class Extents {
    private Extents() {}

    /** Whether two extents are equal or one is unknown. */
    static boolean agree(int a, int b) {
        return a == b || a == Shape.ANY || b == Shape.ANY;
    }

    /** Whether two shapes have the same rank and extents that agree. */
    static boolean agree(Shape a, Shape b) {
        boolean fits = a.rank() == b.rank();
        for (int axis = 0; fits && axis < a.rank(); axis++) {
            fits = agree(a.get(axis), b.get(axis));
        }
        return fits;
    }

    /** The shape of the labels of logits: all axes but that of the classes, which is the last of rows and the second else. */
    static Shape labels(Shape logits) {
        return switch (logits.rank()) {
            case 3 -> Shape.of(logits.n(), logits.get(1));
            case 4 -> Shape.of(logits.n(), logits.h(), logits.w());
            default -> Shape.of(logits.n());
        };
    }
}
