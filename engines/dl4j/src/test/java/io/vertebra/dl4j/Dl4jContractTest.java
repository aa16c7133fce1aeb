package io.vertebra.dl4j;

import io.vertebra.graph.contract.EngineContractTest;
import io.vertebra.graph.engine.Engine;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The engine against the float64 reference: every operator, forward and gradients, and whole steps of training. */
@Execution(ExecutionMode.CONCURRENT)
class Dl4jContractTest extends EngineContractTest {
    private final Engine engine = new Dl4jProvider().create();

    @Override
    protected Engine engine() {
        return engine;
    }
}
