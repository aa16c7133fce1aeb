package io.vertebra.tasks.training;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.heads.Assembly;
import io.vertebra.heads.Model;
import io.vertebra.tasks.Problem;
import java.util.List;
import java.util.Map;

/** What a session is opened with for a training: the graph and the first state. */
public final class TrainingGraphs {
    private TrainingGraphs() {}

    /** The graph of a model with the loss of a problem: outputs {@code loss}, its parts, and what the problem reads. */
    public static Graph of(Model model, Problem problem) {
        Assembly assembly = model.assembleForTraining();
        Node loss = problem.loss(assembly);
        for (String name : problem.outputs()) {
            assembly.builder().output(name, assembly.outputs().get(name));
        }
        assembly.builder().output("loss", loss);
        return assembly.builder().build();
    }

    /** The graph with norms frozen as the config says. */
    static Graph of(Training training) {
        return Freezing.freezeNorms(
                training.graph(), training.stages(), training.train().freeze());
    }

    /** The names of the losses among the outputs of a graph: {@code loss} and its parts. */
    static List<String> losses(Graph graph) {
        return graph.outputs().entrySet().stream()
                .filter(e -> e.getValue().shape().rank() == 0)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The state before the first update, with parameters of its own. */
    static TrainingState fresh(Training training, Graph graph, Groups groups) {
        training.parameters().requireFits(graph);
        Parameters parameters = Parameters.zeros(graph);
        parameters.set(training.parameters());
        return TrainingState.fresh(graph, parameters, training.train().update(), groups);
    }
}
