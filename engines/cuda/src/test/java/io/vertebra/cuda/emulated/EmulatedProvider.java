package io.vertebra.cuda.emulated;

import io.vertebra.cuda.CudaEngine;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineProvider;

/** Offers the engine on the processor to the tests of other modules; a test that opens a session is skipped without g++. */
public final class EmulatedProvider implements EngineProvider {
    /** The engine's name in tests. */
    public static final String NAME = "cuda-emulated";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Engine create() {
        return new CudaEngine(EmulatedDevice::new, "emulated", EmulatedDevice.CAPABILITY);
    }
}
