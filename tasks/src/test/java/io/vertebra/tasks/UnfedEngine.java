package io.vertebra.tasks;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.EngineInFront;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

    private record Unfed(Session session) implements Session {
        @Override
        public Outputs evaluate(Batch batch, Weights weights) {
            return session.evaluate(batch, weights);
        }

        @Override
        public Outputs evaluate(Batch batch, Weights weights, Set<String> outputs) {
            return session.evaluate(batch, weights, outputs);
        }

        @Override
        public Outputs step(Batch batch, Scalars scalars) {
            return session.step(batch, scalars);
        }

        @Override
        public Outputs gradients(Batch batch, Map<String, Tensor.Floats> outputGradients) {
            return session.gradients(batch, outputGradients);
        }

        @Override
        public void save(TrainingState state) {
            session.save(state);
        }

        @Override
        public void save(Parameters parameters) {
            session.save(parameters);
        }

        @Override
        public Memory memory() {
            return session.memory();
        }

        @Override
        public List<Timing> profile(Batch batch, int repetitions) {
            return session.profile(batch, repetitions);
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
