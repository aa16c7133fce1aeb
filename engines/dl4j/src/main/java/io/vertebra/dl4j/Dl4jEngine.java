package io.vertebra.dl4j;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import java.util.EnumSet;
import java.util.Set;

/** Opens graphs as DL4J networks, in fp32 or float64. */
final class Dl4jEngine implements Engine {
    static final String NAME = "dl4j";

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
    public Session open(Graph graph, Parameters parameters, Options options) {
        requireServed(options.precision());
        return options.mode() == Options.Mode.TRAINING
                ? open(graph, TrainingState.fresh(graph, parameters, options.update(), options.groups()), options)
                : Dl4jSession.open(graph, parameters, options);
    }

    @Override
    public Session open(Graph graph, TrainingState state, Options options) {
        requireServed(options.precision());
        if (options.mode() != Options.Mode.TRAINING) {
            throw new IllegalArgumentException("a training state belongs to training");
        }
        graph.output("loss");
        return Dl4jSession.open(graph, state, options);
    }

    private void requireServed(Precision precision) {
        if (!precisions().contains(precision)) {
            throw new EngineException(
                    EngineException.Kind.UNSUPPORTED,
                    "dl4j: precision " + precision + " is not served, there are fp32 and fp64;"
                            + " use fp32, or engine onednn for bf16");
        }
    }
}
