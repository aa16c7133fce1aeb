package io.vertebra.tasks.evaluation;

import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.loading.Loader;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Scores;
import io.vertebra.tasks.feeding.Feed;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Measures a model on a data set.
 *
 * @param problem that knows what is asked for
 * @param data that is measured on
 * @param loader for evaluation of the same data; it stays the caller's
 */
public record Evaluator(Problem problem, Dataset data, Loader loader) {
    private static final double NANOS = 1e9;

    /** Opens a session for a model's own weights, measures, and closes it. Inputs and outputs that only training needs may be in the graph. */
    public Evaluation evaluate(Engine engine, Graph graph, Parameters parameters, Precision precision) {
        Graph used = graph.withOutputs(problem.outputs().toArray(String[]::new));
        try (Session session = engine.open(used, parameters, Options.inference(precision))) {
            return evaluate(session, Session.Weights.LIVE, () -> false).orElseThrow();
        }
    }

    /** One pass over the loader's data; empty if it was to stop before the end. */
    public Optional<Evaluation> evaluate(Session session, Session.Weights weights, BooleanSupplier stop) {
        long start = System.nanoTime();
        Scores scores = problem.scores(data);
        Set<String> outputs = Set.copyOf(problem.outputs());
        try (Feed feed = Feed.of(loader, problem::inputs, session)) {
            Forward network = inputs -> session.evaluate(feed.use(inputs), weights, outputs);
            loader.seek(0, 0);
            for (Feed.Fed fed = feed.next(false); fed != null; fed = feed.next(false)) {
                scores.measure(fed.batch(), network);
                if (stop.getAsBoolean()) {
                    return Optional.empty();
                }
            }
        }
        double seconds = (System.nanoTime() - start) / NANOS;
        return Optional.of(new Evaluation(scores.values(), scores.samples(), seconds, scores));
    }

    /** What a problem sees of a session. */
    public static Forward forward(Problem problem, Session session, Session.Weights weights) {
        Set<String> outputs = Set.copyOf(problem.outputs());
        return inputs -> session.evaluate(new Batch(inputs), weights, outputs);
    }
}
