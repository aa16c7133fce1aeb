package io.vertebra.heads;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import java.util.List;

/**
 * A kind of neck: what makes levels for heads out of a backbone's.
 *
 * <p>It holds no state; it may be used by many threads.
 *
 * @param <C> its options
 */
public interface NeckFamily<C extends Record> {

    /** The record of its options. */
    Class<C> config();

    /** The options when nothing is said. */
    C defaults();

    /** The scope of the names of the backbone below it: {@code backbone}, {@code backbone.body}. */
    String backboneScope(C config);

    /**
     * Adds the layers.
     *
     * @param trunk the backbone with its own levels
     * @param g the builder of the whole graph
     * @return the levels, from fine to coarse
     * @throws io.vertebra.graph.op.GraphException with the reason, for a backbone that it cannot stand on
     */
    List<Node> build(C config, Trunk trunk, GraphBuilder g);
}
