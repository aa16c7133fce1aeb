package io.vertebra.graph.engine;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An open graph: its weights in an engine's layout, and a compiled plan for each set of input shapes that it has met.
 *
 * <p>Owns native memory and must be closed. Calls from several threads are answered one after the other; sessions are
 * independent of each other. A call after {@link #close}, or one that the mode of the session does not serve, is an {@link
 * IllegalStateException}; a batch that does not fit the graph is a {@link io.vertebra.graph.op.GraphException} and leaves
 * the session as it was.
 */
public interface Session extends AutoCloseable {

    /** Which weights an evaluation uses. */
    enum Weights {
        /** Those that training changes. */
        LIVE,
        /** Their moving average. */
        EMA
    }

    /** All outputs in inference form; a session for training gives them with its present weights. */
    default Outputs evaluate(Batch batch) {
        return evaluate(batch, Weights.LIVE);
    }

    /** All outputs in inference form with one of the two sets of weights. */
    Outputs evaluate(Batch batch, Weights weights);

    /**
     * Some outputs in inference form. What only other outputs need is not computed, and the batch needs no inputs for it: a
     * session for training answers without labels, for pictures of any size.
     */
    Outputs evaluate(Batch batch, Weights weights, Set<String> outputs);

    /**
     * One micro-batch of training: forward in training form, backward from the output {@code loss}, and, where the scalars
     * say so, the update. Gives the loss and the outputs that lie on the way to it; what only others need is not computed,
     * and its running statistics stay.
     */
    Outputs step(Batch batch, Scalars scalars);

    /**
     * All outputs, and the gradients of {@code Σ outputGradients · outputs}: {@code grad.input} and {@code
     * grad.<parameter>} for every trainable parameter.
     *
     * @param outputGradients output name → gradient of its shape; outputs left out count as zero
     */
    Outputs gradients(Batch batch, Map<String, Tensor.Floats> outputGradients);

    /** Whether {@link #prefetch} is of use here; where it is not, it does nothing. */
    default boolean prefetches() {
        return false;
    }

    /** Whether pictures as {@link Tensor.Bytes} are the cheaper way in; they are taken in any case, and give the same bits. */
    default boolean prefersBytes() {
        return false;
    }

    /**
     * Brings the inputs of a batch closer to where they are computed with. It waits for no pass: another thread calls it while one
     * runs.
     *
     * <p>The pass that is handed this object, not one like it, then finds them there and gives the same bits as without; until it
     * ends their arrays must stay as they are. The next call replaces what no pass has taken, but what is on its way to a pass
     * that has not begun stays: one batch may be under way beside the one that is about to be used. Where there is no memory for
     * it the pass does without; what else goes wrong is thrown by the pass that would have used it.
     */
    default void prefetch(Batch batch) {}

    /** Copies all weights, averages and optimizer arrays into the state that was handed in on opening, or one like it. */
    void save(TrainingState state);

    /** Copies the parameters and buffers. */
    void save(io.vertebra.graph.Parameters parameters);

    /** Native bytes held now. */
    Memory memory();

    /**
     * Runs passes with a clock around each operator: training steps (rate 0) for a training session, else evaluations.
     * Whatever a step moves is put back, bit for bit: the training goes on as if there had been no profile.
     *
     * @param repetitions passes; the time of a row is the median
     */
    List<Timing> profile(Batch batch, int repetitions);

    /** Frees everything; a second call does nothing. */
    @Override
    void close();

    /**
     * Native bytes of a session.
     *
     * @param weights masters and compute copies
     * @param training gradients, optimizer arrays, moving average
     * @param activations values and their gradients, of the largest plan
     * @param scratch working memory of primitives and staging buffers
     */
    record Memory(long weights, long training, long activations, long scratch) {
        /** All of it. */
        public long total() {
            return weights + training + activations + scratch;
        }
    }

    /**
     * One row of a profile.
     *
     * @param name node, or nodes that were fused
     * @param operator kind of operator
     * @param pass {@code forward}, {@code backward data}, {@code backward weights}, {@code update}, {@code reorder}
     * @param implementation the engine's own name of the code that ran
     * @param milliseconds median of the repetitions
     * @param macs multiply-accumulates, 0 where none are counted
     * @param bytes of the tensors that are read and written, each counted once, without working memory; 0 where none are counted
     */
    record Timing(
            String name,
            String operator,
            String pass,
            String implementation,
            double milliseconds,
            long macs,
            long bytes) {

        /** Without a count of bytes. */
        public Timing(
                String name, String operator, String pass, String implementation, double milliseconds, long macs) {
            this(name, operator, pass, implementation, milliseconds, macs, 0);
        }
    }
}
