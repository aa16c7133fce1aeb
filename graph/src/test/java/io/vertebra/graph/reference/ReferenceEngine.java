package io.vertebra.graph.reference;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.OpeningChecks;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import java.util.EnumSet;
import java.util.Set;

/**
 * The reference interpreter behind the interface of an engine: it keeps the contract suite itself honest, and runs tests
 * of modules above without native code. Always computes in float64; at FP32 what it keeps is rounded to floats.
 */
public final class ReferenceEngine implements Engine {
    private static final String ADVICE = "use precision fp32 or fp64";

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public String version() {
        return "reference interpreter, float64, 1 thread";
    }

    @Override
    public Set<Precision> precisions() {
        return EnumSet.of(Precision.FP32, Precision.FP64);
    }

    @Override
    public Precision preferred() {
        return Precision.FP32;
    }

    @Override
    public Session open(Graph graph, Parameters parameters, Options options) {
        OpeningChecks.requireForParameters(this, options, ADVICE);
        parameters.requireFits(graph);
        return new ReferenceSession(graph, ReferenceInterpreter.widen(parameters), null, options);
    }

    @Override
    public Session open(Graph graph, TrainingState state, Options options) {
        OpeningChecks.requireForState(this, graph, options, ADVICE);
        state.parameters().requireFits(graph);
        ReferenceTraining training =
                new ReferenceTraining(graph, state, options.update(), options.groups(), options.seed());
        return new ReferenceSession(graph, training.parameters(), training, options);
    }
}
