package io.vertebra.graph.session;

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
public record PlanKey(Kind kind, Session.Weights weights, Map<String, Shape> shapes, Set<String> outputs) {

    /** Kinds of passes. */
    public enum Kind {
        /** Forward only. */
        EVALUATION,
        /** Forward, backward from the output {@code loss}, and the parameters move. */
        TRAINING,
        /** Forward, and backward from outputs whose gradients are given. */
        GRADIENTS
    }

    /** Copies the collections. */
    public PlanKey {
        shapes = Map.copyOf(shapes);
        outputs = Set.copyOf(outputs);
    }
}
