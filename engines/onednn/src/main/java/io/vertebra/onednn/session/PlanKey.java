package io.vertebra.onednn.session;

import io.vertebra.graph.engine.Session;
import io.vertebra.graph.op.Shape;
import java.util.Map;
import java.util.Set;

/**
 * What distinguishes the plans of one session.
 *
 * @param kind of pass
 * @param weights that it uses
 * @param shapes of the graph's inputs
 * @param outputs those that are wanted of an evaluation, those whose gradients are given in a pass for gradients
 */
record PlanKey(Kind kind, Session.Weights weights, Map<String, Shape> shapes, Set<String> outputs) {

    enum Kind {
        EVALUATION,
        TRAINING,
        GRADIENTS
    }

    PlanKey {
        shapes = Map.copyOf(shapes);
        outputs = Set.copyOf(outputs);
    }
}
