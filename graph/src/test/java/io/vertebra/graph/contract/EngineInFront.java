package io.vertebra.graph.contract;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import java.util.Set;

/** An engine that leaves to another one whatever it does not do otherwise. */
public interface EngineInFront extends Engine {

    /** The one that does the work. */
    Engine engine();

    @Override
    default String name() {
        return engine().name();
    }

    @Override
    default String version() {
        return engine().version();
    }

    @Override
    default Set<Precision> precisions() {
        return engine().precisions();
    }

    @Override
    default Precision preferred() {
        return engine().preferred();
    }

    @Override
    default Session open(Graph graph, Parameters parameters, Options options) {
        return engine().open(graph, parameters, options);
    }

    @Override
    default Session open(Graph graph, TrainingState state, Options options) {
        return engine().open(graph, state, options);
    }
}
