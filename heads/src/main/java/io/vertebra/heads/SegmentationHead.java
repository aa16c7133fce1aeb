package io.vertebra.heads;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;

/**
 * A kind of head for semantic segmentation. Its output is {@code logits} (N, classes, h, w), which the task enlarges to the
 * picture's size.
 *
 * @param <C> its options
 */
public interface SegmentationHead<C extends Record> extends HeadFamily<C> {

    /** Whether the logits are enlarged with aligned corners. */
    boolean alignCorners(C config);

    /** Adds an auxiliary head, which only training graphs have: its logits (N, classes, h, w). */
    Node auxiliary(C config, Auxiliary auxiliary, Trunk trunk, int classes, GraphBuilder g);

    @Override
    default String task() {
        return "segmentation";
    }

    @Override
    default String backboneScope() {
        return "backbone";
    }
}
