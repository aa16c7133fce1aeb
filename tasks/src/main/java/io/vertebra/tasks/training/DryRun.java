package io.vertebra.tasks.training;

import io.vertebra.datasets.Batch;
import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.config.Horizon;
import io.vertebra.tasks.evaluation.Evaluator;

/** One update and one evaluated batch, without a folder: shows that a config can be trained and what it needs. */
public final class DryRun {
    private DryRun() {}

    /**
     * What a dry run found.
     *
     * @param loss of the one batch
     * @param memory native bytes of the session
     * @param steps updates that the whole training would have
     */
    public record Result(double loss, Session.Memory memory, long steps) {}

    /** Opens a session, makes one update, evaluates one batch. */
    public static Result run(Training training) {
        Graph graph = TrainingGraphs.of(training);
        Groups groups = Freezing.groups(graph, training.stages(), training.train());
        Options options =
                Options.training(training.precision(), training.train().update(), groups, training.seed());
        Horizon horizon = training.horizon();
        double rate = training.train().optimizer().learningRate()
                * training.train().schedule().factor(0, horizon);
        try (Session session = training.engine().open(graph, TrainingGraphs.fresh(training, graph, groups), options)) {
            training.data().seek(0, 0);
            Batch batch = training.data().next();
            Problem problem = training.problem();
            float loss = session.step(new io.vertebra.graph.engine.Batch(problem.feed(batch)), Scalars.of(rate, 0))
                    .scalar("loss");
            training.validation().ifPresent(validation -> {
                validation.loader().seek(0, 0);
                Batch first = validation.loader().next();
                problem.scores(validation.data())
                        .measure(first, Evaluator.forward(problem, session, Session.Weights.LIVE));
            });
            return new Result(loss, session.memory(), horizon.steps());
        }
    }
}
