package io.vertebra.cuda;

import io.vertebra.cuda.emulated.EmulatedDevice;
import io.vertebra.graph.Analysis;
import io.vertebra.graph.contract.EngineContractTest;
import io.vertebra.graph.contract.OperatorCase;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Precision;

/** Holds the engine to what every engine must do, on a processor that runs the kernels of a card. */
class EmulatedContractTest extends EngineContractTest {
    @Override
    protected Engine engine() {
        return new CudaEngine(EmulatedDevice::new, "emulated", EmulatedDevice.CAPABILITY);
    }

    /** Only convolutions and products know tf32; what has none runs the kernels of fp32 on the numbers of fp32. */
    @Override
    protected boolean isRun(OperatorCase one, Precision precision) {
        return precision != Precision.TF32
                || Analysis.of(one.graph(), one.batch(precision).shapes()).macs() > 0;
    }
}
