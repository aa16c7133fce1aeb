package io.vertebra.graph.contract;

import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A session that leaves to another one whatever it does not do otherwise; but it says of itself that it has no use for
 * batches that are brought ahead or come as bytes.
 */
public interface SessionInFront extends Session {

    /** The one that does the work. */
    Session session();

    @Override
    default Outputs evaluate(Batch batch, Weights weights) {
        return session().evaluate(batch, weights);
    }

    @Override
    default Outputs evaluate(Batch batch, Weights weights, Set<String> outputs) {
        return session().evaluate(batch, weights, outputs);
    }

    @Override
    default Outputs step(Batch batch, Scalars scalars) {
        return session().step(batch, scalars);
    }

    @Override
    default Outputs gradients(Batch batch, Map<String, Tensor.Floats> outputGradients) {
        return session().gradients(batch, outputGradients);
    }

    @Override
    default void save(TrainingState state) {
        session().save(state);
    }

    @Override
    default void save(Parameters parameters) {
        session().save(parameters);
    }

    @Override
    default Memory memory() {
        return session().memory();
    }

    @Override
    default List<Timing> profile(Batch batch, int repetitions) {
        return session().profile(batch, repetitions);
    }

    @Override
    default void close() {
        session().close();
    }
}
