package io.vertebra.dl4j;

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

/** Opens graphs as DL4J networks, in fp32 or float64. */
final class Dl4jEngine implements Engine {
    static final String NAME = "dl4j";
    private static final String ADVICE = "use precision fp32 or fp64, or engine onednn for bf16";

    private final Nd4jLibrary library;

    Dl4jEngine(Nd4jLibrary library) {
        this.library = library;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        return library.version();
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
        return Dl4jSession.open(graph, parameters, options);
    }

    @Override
    public Session open(Graph graph, TrainingState state, Options options) {
        OpeningChecks.requireForState(this, graph, options, ADVICE);
        return Dl4jSession.open(graph, state, options);
    }
}
