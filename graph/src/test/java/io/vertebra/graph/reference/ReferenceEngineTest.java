package io.vertebra.graph.reference;

import io.vertebra.graph.contract.EngineContractTest;
import io.vertebra.graph.engine.Engine;

/** The reference behind the interface of an engine keeps the contract: so the contract can be kept. */
class ReferenceEngineTest extends EngineContractTest {
    private final Engine engine = new ReferenceEngine();

    @Override
    protected Engine engine() {
        return engine;
    }
}
