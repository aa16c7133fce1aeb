package io.vertebra.backbones;

import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineProvider;
import io.vertebra.graph.reference.ReferenceEngine;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;

/** The engines by name, each made once. */
public final class Engines {
    private static final Map<String, Engine> MADE = new ConcurrentHashMap<>();

    private Engines() {}

    /** An engine on the class path, or the reference interpreter. */
    public static Engine named(String name) {
        return MADE.computeIfAbsent(name, Engines::create);
    }

    private static Engine create(String name) {
        if (name.equals("reference")) {
            return new ReferenceEngine();
        }
        return ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no engine " + name + " on the class path"))
                .create();
    }
}
