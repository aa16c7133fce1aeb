package io.vertebra.tasks.metrics.coco;

/** What is compared: boxes or masks. */
public enum CocoKind {
    /** Rectangles, {@code bbox}. */
    BOX,
    /** Pixels, {@code segm}. */
    MASK
}
