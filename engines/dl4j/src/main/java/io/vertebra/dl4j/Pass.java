package io.vertebra.dl4j;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.CounterHash;

/**
 * How the vertices run now.
 *
 * @param trainingForm norms take the batch's statistics, dropout acts
 * @param backward values are kept for a backward pass
 * @param movesStatistics running statistics follow the batch
 * @param averaged the moving average of the weights in place of the weights
 * @param seed of what is drawn
 * @param step updates done before
 * @param microBatch place among the batches whose gradients are averaged
 * @param profile notes times; {@code null}: nobody asks
 * @param graph that is run, whose numbering tells what nodes draw; {@code null} before it is known
 */
record Pass(
        boolean trainingForm,
        boolean backward,
        boolean movesStatistics,
        boolean averaged,
        long seed,
        long step,
        int microBatch,
        Profile profile,
        Graph graph) {

    /** Inference with the weights or their average. */
    static Pass inference(boolean averaged, long seed) {
        return new Pass(false, false, false, averaged, seed, 0, 0, null, null);
    }

    /** Gradients in one of the two forms; nothing is changed. */
    static Pass gradients(boolean trainingForm, long seed) {
        return new Pass(trainingForm, true, false, false, seed, 0, 0, null, null);
    }

    /** A step of training. */
    static Pass step(long seed, long step, int microBatch) {
        return new Pass(true, true, true, false, seed, step, microBatch, null, null);
    }

    /** Of what a node draws in this pass. */
    long key(Node node) {
        return CounterHash.key(seed, step, microBatch, graph.node(node.name()).index());
    }

    /** The same with a clock. */
    Pass with(Profile clock) {
        return new Pass(trainingForm, backward, movesStatistics, averaged, seed, step, microBatch, clock, graph);
    }

    /** The same of a graph. */
    Pass of(Graph part) {
        return new Pass(trainingForm, backward, movesStatistics, averaged, seed, step, microBatch, profile, part);
    }
}
