package io.vertebra.tasks;

import io.vertebra.datasets.Batch;
import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.heads.Model;
import io.vertebra.tasks.training.LossConfig;
import java.util.List;
import java.util.Set;

/**
 * A kind of problem: its loss, its targets, what is measured, and how an answer is read and drawn. Without state; safe for several
 * threads.
 */
public interface Task {

    /** The name in configs: {@code classification}. */
    String name();

    /** The outputs of the graph that scores and predictions are read from. */
    List<String> outputs();

    /** The names of the figures that {@link Scores#values} gives, in that order; the first is the main one. */
    List<String> metrics();

    /** Whether a larger value of a metric is a better one. */
    boolean isHigherBetter(String metric);

    /**
     * The graph that is trained: the model with the inputs of its targets, the output {@code loss} and {@link #outputs}.
     *
     * @param softLabels whether targets are probabilities, as Mixup and CutMix make them
     */
    Graph trainingGraph(Model model, LossConfig loss, boolean softLabels);

    /** What a session is fed for a batch of the loader: those of the inputs that the graph has. Arrays are not copied. */
    io.vertebra.graph.engine.Batch feed(Batch batch, Set<String> inputs);

    /** An empty account of an evaluation. */
    Scores scores(List<String> classNames);

    /**
     * The answer for one picture.
     *
     * @param row of the batch
     * @param top how many candidates are wanted at most
     */
    Prediction predict(Outputs outputs, int row, List<String> classNames, int top);
}
