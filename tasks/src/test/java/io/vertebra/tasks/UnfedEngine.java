package io.vertebra.tasks;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.EngineInFront;
import io.vertebra.graph.contract.SessionInFront;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;

/**
 * The same engine, whose sessions have no use for batches that are brought ahead.
 *
 * @param engine that does the work
 */
public record UnfedEngine(Engine engine) implements EngineInFront {
    @Override
    public Session open(Graph graph, Parameters parameters, Options options) {
        return new Unfed(engine.open(graph, parameters, options));
    }

    @Override
    public Session open(Graph graph, TrainingState state, Options options) {
        return new Unfed(engine.open(graph, state, options));
    }

    private record Unfed(Session session) implements SessionInFront {}
}
