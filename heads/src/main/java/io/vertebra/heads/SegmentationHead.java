package io.vertebra.heads;

import io.vertebra.backbones.Backbone;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import java.util.Map;

/**
 * A kind of head for semantic segmentation. Its output is {@code logits} (N, classes, h, w), which the task enlarges to the
 * picture's size.
 *
 * @param <C> its options
 */
public interface SegmentationHead<C extends Record> extends HeadFamily<C> {

    /** Whether the logits are enlarged with aligned corners. */
    boolean alignCorners(C config);

    /** Adds the layers: logits (N, classes, h, w). */
    Node logits(C config, Trunk trunk, int classes, GraphBuilder g);

    /** Adds an auxiliary head, which only training graphs have: its logits (N, classes, h, w). */
    Node auxiliary(C config, Auxiliary auxiliary, Trunk trunk, int classes, GraphBuilder g);

    @Override
    default Map<String, Node> build(C config, Trunk trunk, int classes, GraphBuilder g) {
        return Map.of("logits", logits(config, trunk, classes, g));
    }

    /** Every backbone has a coarsest level; a head that takes finer ones refuses backbones without them. */
    @Override
    default void check(C config, Backbone<?> backbone) {}

    @Override
    default String task() {
        return "segmentation";
    }

    @Override
    default String backboneScope() {
        return "backbone";
    }
}
