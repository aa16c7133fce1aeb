package io.vertebra.graph.session;

import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import java.util.Map;

/**
 * A compiled plan, as a session sees it. Owns what it has compiled, not the arena.
 *
 * @param <A> the engine's memory
 */
public interface CompiledPlan<A extends Arena> extends AutoCloseable {

    /** Bytes of values and their gradients, the first part of {@link #bytes}. */
    long activationBytes();

    /** Bytes that it needs of an arena. */
    long bytes();

    /** Gives all tensors their places; again after the arena has moved. */
    void bind(A arena);

    /**
     * Runs one pass; allocates nothing.
     *
     * @param gradients of the outputs for which it was compiled; none otherwise
     */
    Outputs run(Batch batch, Map<String, Tensor.Floats> gradients);

    /** Frees what it has compiled. */
    @Override
    void close();
}
