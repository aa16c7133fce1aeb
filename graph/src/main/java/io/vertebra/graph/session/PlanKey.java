package io.vertebra.graph.session;

import io.vertebra.graph.engine.Session;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Roots;
import java.util.Map;
import java.util.Set;

/**
 * What distinguishes the plans of one session.
 *
 * @param roots what is differentiated
 * @param weights that it uses
 * @param shapes of the graph's inputs
 * @param outputs those that are wanted of an evaluation; those whose gradients are given
 */
public record PlanKey(Roots roots, Session.Weights weights, Map<String, Shape> shapes, Set<String> outputs) {

    /** Copies the collections. */
    public PlanKey {
        shapes = Map.copyOf(shapes);
        outputs = Set.copyOf(outputs);
    }

    /** Whether anything is differentiated. */
    public boolean isDifferentiated() {
        return roots != Roots.NONE;
    }

    /** The outputs whose gradients the caller gives. */
    public Set<String> given() {
        return roots == Roots.GIVEN ? outputs : Set.of();
    }
}
