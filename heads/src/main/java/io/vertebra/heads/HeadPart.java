package io.vertebra.heads;

import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.GraphException;
import java.util.Optional;

/**
 * One head of a model.
 *
 * @param head its kind and options
 * @param classes its outputs; the background of detectors, and that of some classifiers' weights, counts
 * @param auxiliary a second head that helps training; for segmentation only
 */
public record HeadPart(Head<?> head, int classes, Optional<Auxiliary> auxiliary) {

    /** Refuses an auxiliary head without segmentation. */
    public HeadPart {
        Check.atLeast(1, "classes", classes);
        if (auxiliary.isPresent() && !(head.family() instanceof SegmentationHead)) {
            throw new GraphException("auxiliary", "is for segmentation, " + head.name() + " does " + head.task());
        }
    }

    /** Without an auxiliary head. */
    public static HeadPart of(Head<?> head, int classes) {
        return new HeadPart(head, classes, Optional.empty());
    }

    /** The same with another head, or other options of it. */
    public HeadPart with(Head<?> other) {
        return new HeadPart(other, classes, auxiliary);
    }

    /** The same for another number of classes. */
    public HeadPart withClasses(int count) {
        return new HeadPart(head, count, auxiliary);
    }

    /** The same with another auxiliary head, or without one. */
    public HeadPart with(Optional<Auxiliary> other) {
        return new HeadPart(head, classes, other);
    }

    /** What its outputs are for. */
    public String task() {
        return head.task();
    }

    /** Whether its logits are enlarged with aligned corners. */
    public boolean alignCorners() {
        return head.alignCorners();
    }
}
