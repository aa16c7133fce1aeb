package io.vertebra.cuda;

import io.vertebra.cuda.driver.CudaDevice;
import io.vertebra.cuda.driver.CudaLoader;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineProvider;

/**
 * Offers the engine {@code cuda}, on the first card that {@code CUDA_VISIBLE_DEVICES} shows. No class of the bindings is loaded
 * before {@link #create}.
 */
public final class CudaProvider implements EngineProvider {
    /** Whether convolutions are chosen by running the likely candidates: a slower start, maybe faster steps. */
    private static final String TIMING = "vertebra.cuda.timing";

    private static final int CARD = 0;

    @Override
    public String name() {
        return CudaEngine.NAME;
    }

    @Override
    public Engine create() {
        CudaLoader.load();
        boolean timed = Boolean.getBoolean(TIMING);
        return new CudaEngine(
                () -> CudaDevice.open(CARD, timed), CudaDevice.describe(CARD), CudaDevice.capability(CARD));
    }
}
