package io.vertebra.graph.session;

import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.plan.Form;
import java.util.List;

/**
 * What an engine does for one {@link PlannedSession}: it keeps numbers, compiles plans and moves weights. Owns all memory of
 * the session but the arena of the plans. Every call but {@link #prefetch} comes under the session's lock, and but for that one
 * none after {@link #close}.
 *
 * @param <A> the engine's memory
 * @param <P> the engine's plans
 */
public interface Backend<A extends Arena, P extends CompiledPlan<A>> extends AutoCloseable {

    /**
     * Memory for the values of plans.
     *
     * @param what it is for, for the message where there is not enough
     */
    A allocate(long bytes, String what);

    /** The numbers of the session; the same object at each call. */
    Masters<A> masters();

    /** Whether compiling for this key will move the masters. No plan made before could run then: all are closed first. */
    boolean movesMasters(PlanKey key);

    /** Compiles a plan, which is not bound yet; one that fails frees what it has made. */
    P compile(PlanKey key, Form form);

    /** Says from which numbers the next pass draws at random. */
    void begin(long step, int microBatch);

    /** Sets all gradients to zero: what no output depends on is not written by a plan. */
    void clearGradients();

    /** Makes room for what {@link #update} will need with these scalars, before the pass runs: what finds no memory moves nothing. */
    void prepare(Scalars scalars);

    /** Takes the gradients of the training pass that has just run, and moves the weights if the scalars say so. */
    void update(Scalars scalars);

    /**
     * Runs a plan with a clock, and for training the update too. Afterwards masters and sums of gradients are as before, bit
     * for bit; the gradients are those of the profiled pass.
     */
    List<Session.Timing> profile(P plan, Batch batch, int repetitions);

    /** Whether plans take pictures as bytes; where they do not, the session hands them the elements. */
    default boolean takesBytes() {
        return false;
    }

    /** Whether {@link #prefetch} does anything. */
    default boolean prefetches() {
        return false;
    }

    /** Brings the inputs of a batch closer, as {@link Session#prefetch} says; the one call that comes without the session's lock. */
    default void prefetch(Batch batch) {}

    /** Bytes held now beside the arena of the plans. */
    Session.Memory held();

    /** Frees everything; a second call does nothing. */
    @Override
    void close();
}
