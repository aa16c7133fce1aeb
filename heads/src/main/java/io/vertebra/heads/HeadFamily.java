package io.vertebra.heads;

import io.vertebra.backbones.Backbone;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import java.util.Map;

/**
 * A kind of head.
 *
 * <p>It holds no state; it may be used by many threads.
 *
 * @param <C> its options
 */
public interface HeadFamily<C extends Record> {

    /** The task that its outputs are for: {@code classification}, {@code segmentation}, {@code detection}. */
    String task();

    /** The record of its options. */
    Class<C> config();

    /** The options when nothing is said. */
    C defaults();

    /** The scope of the backbone's names: {@code backbone}, or the empty text where the published names are bare. */
    String backboneScope();

    /** Whether it stands on the neck of a model that has one; else on the backbone's own levels. */
    default boolean usesNeck() {
        return true;
    }

    /**
     * Refuses a backbone that it cannot work on without a neck, before anything is built.
     *
     * @throws io.vertebra.graph.op.GraphException with the reason
     */
    void check(C config, Backbone<?> backbone);

    /**
     * Adds the layers.
     *
     * @param g the builder of the whole graph; its scope is the head's key
     * @return the outputs by the names that ARCHITECTURE section 4 lists
     */
    Map<String, Node> build(C config, Trunk trunk, int classes, GraphBuilder g);

    /**
     * Adds the layers that only training needs, and gives their outputs by name.
     *
     * @param before what {@code build} gave in the same builder
     */
    default Map<String, Node> training(C config, Trunk trunk, int classes, Map<String, Node> before, GraphBuilder g) {
        return Map.of();
    }
}
