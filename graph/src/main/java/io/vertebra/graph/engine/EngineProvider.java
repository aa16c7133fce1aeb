package io.vertebra.graph.engine;

/** Makes an engine; found by {@code ServiceLoader} and cheap: no native code is loaded before {@link #create}. */
public interface EngineProvider {

    /** The engine's name in configs. */
    String name();

    /**
     * Loads the native libraries and makes the engine.
     *
     * @throws EngineException if this machine cannot run it
     */
    Engine create();
}
