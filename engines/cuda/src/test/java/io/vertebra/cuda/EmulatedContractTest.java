package io.vertebra.cuda;

import io.vertebra.cuda.emulated.EmulatedDevice;
import io.vertebra.graph.contract.EngineContractTest;
import io.vertebra.graph.engine.Engine;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Holds the engine to what every engine must do, on a processor that runs the kernels of a card. */
@Execution(ExecutionMode.CONCURRENT)
class EmulatedContractTest extends EngineContractTest {
    @Override
    protected Engine engine() {
        return new CudaEngine(EmulatedDevice::new, "emulated", EmulatedDevice.CAPABILITY);
    }
}
