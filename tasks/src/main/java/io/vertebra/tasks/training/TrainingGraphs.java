package io.vertebra.tasks.training;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.TrainingState;
import java.util.ArrayList;
import java.util.List;

/** What a session is opened with for a training: the graph without outputs that nobody reads, and the first state. */
final class TrainingGraphs {
    private TrainingGraphs() {}

    /** Losses and what the task reads; norms frozen as the config says. */
    static Graph of(Training training) {
        List<String> wanted = new ArrayList<>(training.task().outputs());
        training.graph().outputs().keySet().stream()
                .filter(name -> name.equals("loss") || name.startsWith("loss."))
                .forEach(wanted::add);
        Graph graph = training.graph().withOutputs(wanted.toArray(String[]::new));
        return Freezing.freezeNorms(graph, training.stages(), training.train().freeze());
    }

    /** The state before the first update, with parameters of its own. */
    static TrainingState fresh(Training training, Graph graph, Groups groups) {
        training.parameters().requireFits(graph);
        Parameters parameters = Parameters.zeros(graph);
        parameters.set(training.parameters());
        return TrainingState.fresh(graph, parameters, training.train().update(), groups);
    }
}
