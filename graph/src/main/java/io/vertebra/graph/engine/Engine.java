package io.vertebra.graph.engine;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import java.util.Set;

/** Opens graphs. Safe for several threads; its native libraries are loaded when it is created. */
public interface Engine {

    /** The name in configs: {@code onednn}. */
    String name();

    /** Version of the library, instruction set and threads, for logs. */
    String version();

    /** What it can compute in. */
    Set<Precision> precisions();

    /** What it computes fastest in here, of the precisions that networks are trained in: what {@code auto} takes. */
    Precision preferred();

    /**
     * Opens a graph for inference or gradients. The parameters are copied.
     *
     * @throws EngineException if a precision or operator is not served, or memory does not suffice
     */
    Session open(Graph graph, Parameters parameters, Options options);

    /** Opens a graph for training from a state, which is copied. */
    Session open(Graph graph, TrainingState state, Options options);
}
