package io.vertebra.graph.contract;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.op.Shape;
import java.util.SplittableRandom;

/**
 * A small network in training: what changes its weights, and how many batches make a step.
 *
 * @param name what it is called
 * @param graph with a loss
 * @param image shape of the pictures
 * @param update rule, clipping, moving average
 * @param groups treatment of each parameter
 * @param microBatches whose gradients are averaged
 * @param kinked whether it has ReLU or max pooling, whose gradients jump
 */
public record TrainingCase(
        String name, Graph graph, Shape image, Update update, Groups groups, int microBatches, boolean kinked) {

    /** Steps that are compared. */
    static final int STEPS = 3;

    private static final long SEED = 77;
    private static final double RATE = 0.1;

    /** How it is opened. */
    public Options options(Precision precision) {
        return Options.training(precision, update, groups, SEED);
    }

    /** The state before the first step. */
    public TrainingState fresh() {
        return TrainingState.fresh(graph, parameters(), update, groups);
    }

    /** The parameters before the first step. */
    public Parameters parameters() {
        return Fill.parameters(graph, Precision.FP32, new SplittableRandom(name.hashCode()));
    }

    /** The batch of a micro-batch of a step, of numbers that every precision has: none of them takes another region. */
    public Batch batch(long step, int microBatch) {
        SplittableRandom random = new SplittableRandom(1000L * name.hashCode() + 10 * step + microBatch);
        return Fill.batch(graph, image, Precision.BF16, random);
    }

    /** The scalars of a micro-batch of a step; the rate falls from step to step. */
    public Scalars scalars(long step, int microBatch) {
        return new Scalars(RATE / (step + 1), step, microBatch, microBatch + 1 == microBatches);
    }

    @Override
    public String toString() {
        return name;
    }
}
