package io.vertebra.heads;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import java.util.List;

/**
 * A kind of head for detection, of one stage or two.
 *
 * @param <C> its options
 */
public interface DetectionHead<C extends Record> extends HeadFamily<C> {

    /** Adds the levels behind the trunk's, and gives all that have anchors, from fine to coarse. */
    List<Node> levels(C config, Trunk trunk, GraphBuilder g);

    /** What makes boxes of its outputs, for levels of these sizes. */
    Detector detector(C config, LevelSizes levels);

    @Override
    default String task() {
        return "detection";
    }

    @Override
    default String backboneScope() {
        return "backbone";
    }
}
