package io.vertebra.graph.session;

import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Batches;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.TrainingChecks;
import io.vertebra.graph.plan.Form;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The parts of a graph that the passes of a session run, what each takes, and the forms of them that plans are compiled from. */
final class Parts {
    private final Graph graph;
    private final Options options;
    private final Set<String> trained;
    private final Batches whole;
    private final Batches learning;
    private final Map<Set<String>, Batches> byOutputs = new HashMap<>();

    /**
     * Of a graph.
     *
     * @param trained names of the parameters that are trained
     */
    Parts(Graph graph, Options options, Set<String> trained) {
        this.graph = graph;
        this.options = options;
        this.trained = trained;
        this.whole = new Batches(graph);
        Graph learnt = options.mode() == Options.Mode.TRAINING ? graph.upTo("loss") : graph;
        this.learning = learnt == graph ? whole : new Batches(learnt);
    }

    /** What the whole graph takes. */
    Batches whole() {
        return whole;
    }

    /** What a step of a training takes. */
    Batches learning() {
        return learning;
    }

    /** What the part takes that some outputs need. */
    Batches of(Set<String> outputs) {
        Batches door = byOutputs.get(outputs);
        if (door == null) {
            boolean isWhole = outputs.equals(graph.outputs().keySet());
            door = isWhole ? whole : new Batches(graph.withOutputs(outputs.toArray(String[]::new)));
            byOutputs.put(Set.copyOf(outputs), door);
        }
        return door;
    }

    /** What a plan is compiled from; refused where it trains and the shapes do not allow that. */
    Form form(PlanKey key) {
        if (key.isDifferentiated() && options.isTrainingForm()) {
            Graph learnt = learning.graph(); // the whole one, unless a loss is learnt
            TrainingChecks.requireTrainable(learnt, learnt.shapes(key.shapes()));
        }
        return switch (key.roots()) {
            case NONE -> Form.inference(of(key.outputs()).graph(), key.shapes());
            case LOSS -> Form.differentiated(learning.graph(), key.shapes(), true, trained, Set.of("loss"), false);
            case GIVEN ->
                Form.differentiated(graph, key.shapes(), options.isTrainingForm(), trained, key.outputs(), true);
        };
    }
}
