package io.vertebra.onednn;

import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineProvider;
import io.vertebra.onednn.natives.Dnnl;

/** Offers the engine {@code onednn}. */
public final class OneDnnProvider implements EngineProvider {

    @Override
    public String name() {
        return OneDnnEngine.NAME;
    }

    @Override
    public Engine create() {
        Dnnl.load();
        return new OneDnnEngine();
    }
}
