package io.vertebra.graph.engine;

/**
 * What changes from step to step.
 *
 * @param learningRate before the factor of each group
 * @param step updates done before this one, from 0
 * @param microBatch place of this batch among those whose gradients are averaged, from 0
 * @param apply whether the weights are updated now, by the mean gradient of {@code microBatch + 1} batches; false only
 *     adds to the gradient
 */
public record Scalars(double learningRate, long step, int microBatch, boolean apply) {

    /** Whether the gradients of this batch alone move the weights, so that no sum is kept. */
    public boolean isSingle() {
        return apply && microBatch == 0;
    }

    /** A step of a single batch. */
    public static Scalars of(double learningRate, long step) {
        return new Scalars(learningRate, step, 0, true);
    }
}
