package io.vertebra.onednn;

import io.vertebra.graph.contract.EngineContractTest;
import io.vertebra.graph.engine.Engine;

/** Holds the engine to what every engine must do. */
class OneDnnContractTest extends EngineContractTest {
    @Override
    protected Engine engine() {
        return new OneDnnProvider().create();
    }
}
