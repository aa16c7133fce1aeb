package io.vertebra.tasks;

import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineProvider;
import java.util.ServiceLoader;

/** The fast engine, as a program finds it; made once. */
public final class OneDnn {
    private OneDnn() {}

    private static final class Holder {
        private static final Engine ENGINE = ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals("onednn"))
                .findFirst()
                .orElseThrow()
                .create();
    }

    /** The engine. */
    public static Engine engine() {
        return Holder.ENGINE;
    }
}
