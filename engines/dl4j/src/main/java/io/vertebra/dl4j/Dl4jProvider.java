package io.vertebra.dl4j;

import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineProvider;

/** Makes the DL4J engine. No class of ND4J is loaded before {@link #create}. */
public final class Dl4jProvider implements EngineProvider {

    /** For {@code ServiceLoader}. */
    public Dl4jProvider() {}

    @Override
    public String name() {
        return Dl4jEngine.NAME;
    }

    @Override
    public Engine create() {
        return new Dl4jEngine(Nd4jLibrary.load());
    }
}
