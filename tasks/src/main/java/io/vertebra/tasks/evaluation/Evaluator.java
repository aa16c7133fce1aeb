package io.vertebra.tasks.evaluation;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.loading.Loader;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.tasks.Scores;
import io.vertebra.tasks.Task;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Measures a model on a data set. */
public final class Evaluator {
    private static final double NANOS = 1e9;

    private final Task task;
    private final Set<String> inputs;
    private final List<String> classNames;

    /**
     * Measures what a task asks for.
     *
     * @param graph what the sessions were opened with
     * @param classNames of the data, in the order of the labels
     */
    public Evaluator(Task task, Graph graph, List<String> classNames) {
        this.task = task;
        this.inputs = graph.inputs().stream().map(Node::name).collect(Collectors.toUnmodifiableSet());
        this.classNames = List.copyOf(classNames);
    }

    /** Opens a session for a model's own weights, measures, and closes it. Inputs and outputs that only training needs may be in the graph. */
    public static Evaluation evaluate(
            Task task,
            Engine engine,
            Graph graph,
            Parameters parameters,
            Precision precision,
            Loader loader,
            List<String> classNames) {
        Graph used = graph.withOutputs(task.outputs().toArray(String[]::new));
        try (Session session = engine.open(used, parameters, Options.inference(precision))) {
            return new Evaluator(task, used, classNames).evaluate(session, Session.Weights.LIVE, loader);
        }
    }

    /** One pass over the loader's data. */
    public Evaluation evaluate(Session session, Session.Weights weights, Loader loader) {
        return evaluate(session, weights, loader, () -> false).orElseThrow();
    }

    /** One pass over the loader's data; empty if it was to stop before the end. */
    public Optional<Evaluation> evaluate(
            Session session, Session.Weights weights, Loader loader, BooleanSupplier stop) {
        long start = System.nanoTime();
        Scores scores = task.scores(classNames);
        loader.seek(0, 0);
        for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
            scores.add(session.evaluate(task.feed(batch, inputs), weights), batch);
            if (stop.getAsBoolean()) {
                return Optional.empty();
            }
        }
        double seconds = (System.nanoTime() - start) / NANOS;
        return Optional.of(new Evaluation(scores.values(), scores.samples(), seconds, scores));
    }
}
