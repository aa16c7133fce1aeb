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

    /**
     * Refuses a backbone that it cannot work on, before anything is built.
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

    /** Adds the layers that only training needs, behind those of {@code build}, and gives their outputs by name. */
    default Map<String, Node> training(C config, Trunk trunk, int classes, GraphBuilder g) {
        return Map.of();
    }
}
