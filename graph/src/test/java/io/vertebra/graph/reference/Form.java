package io.vertebra.graph.reference;

/**
 * How a pass runs.
 *
 * @param training whether norms take the batch's statistics and dropout acts
 * @param seed of dropout, drop path and drawn regions
 * @param step updates done before this pass
 * @param microBatch place among the batches whose gradients are averaged
 */
public record Form(boolean training, long seed, long step, int microBatch) {

    /** Running statistics, no dropout. */
    public static final Form INFERENCE = inference(0);

    /** Running statistics, no dropout; regions are drawn as in step 0. */
    public static Form inference(long seed) {
        return new Form(false, seed, 0, 0);
    }

    /** Batch statistics and dropout of seed 0, step 0: the training form of {@code Session.gradients}. */
    public static final Form TRAINING = new Form(true, 0, 0, 0);
}
