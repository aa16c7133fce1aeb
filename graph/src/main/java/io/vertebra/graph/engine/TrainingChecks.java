package io.vertebra.graph.engine;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Shape;
import java.util.List;

/** What no engine can train on, and none may quietly train on: asked before a plan in training form is made. */
public final class TrainingChecks {
    private TrainingChecks() {}

    /**
     * Refuses shapes at which a batch norm has one value a channel: its variance is 0, the running one would be none at all.
     *
     * @param shapes of all nodes, as {@link Graph#shapes} gives them
     */
    public static void requireTrainable(Graph graph, List<Shape> shapes) {
        for (Node node : graph.nodes()) {
            Shape shape = shapes.get(node.index());
            if (node.op() instanceof BatchNorm norm && !norm.frozen()) {
                Check.that(
                        shape.elements() > shape.c(),
                        node.name(),
                        "has one value a channel in a training batch, a batch norm needs two; use a larger batch or"
                                + " picture, or norm: frozen");
            }
        }
    }
}
