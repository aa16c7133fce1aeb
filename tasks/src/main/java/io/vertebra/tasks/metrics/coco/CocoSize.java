package io.vertebra.tasks.metrics.coco;

/** The classes of size that figures are told for; an area on a border belongs to both. */
public enum CocoSize {
    /** Every object. */
    ALL(0, 0, 1e10),
    /** Up to 32 × 32 pixels. */
    SMALL(1, 0, 32 * 32),
    /** Up to 96 × 96 pixels. */
    MEDIUM(2, 32 * 32, 96 * 96),
    /** From there on. */
    LARGE(3, 96 * 96, 1e10);

    private final int index;
    private final double least;
    private final double most;

    CocoSize(int index, double least, double most) {
        this.index = index;
        this.least = least;
        this.most = most;
    }

    /** The place on axis A. */
    int index() {
        return index;
    }

    boolean holds(double area) {
        return !(area < least || area > most);
    }
}
