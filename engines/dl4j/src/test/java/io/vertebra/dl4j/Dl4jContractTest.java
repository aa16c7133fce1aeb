package io.vertebra.dl4j;

import io.vertebra.graph.contract.EngineContractTest;
import io.vertebra.graph.engine.Engine;

/** The engine against the float64 reference: every operator, forward and gradients, and whole steps of training. */
class Dl4jContractTest extends EngineContractTest {
    private final Engine engine = new Dl4jProvider().create();

    @Override
    protected Engine engine() {
        return engine;
    }
}
