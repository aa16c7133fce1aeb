package io.vertebra.graph.reference;

import io.vertebra.graph.contract.Cases;
import io.vertebra.graph.contract.EngineContractTest;
import io.vertebra.graph.contract.OperatorCase;
import io.vertebra.graph.engine.Engine;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The reference behind the interface of an engine keeps the contract: so the contract can be kept. */
@Execution(ExecutionMode.CONCURRENT)
class ReferenceEngineTest extends EngineContractTest {
    private final Engine engine = new ReferenceEngine();

    @Override
    protected Engine engine() {
        return engine;
    }

    /** Compared with itself: only the session is on trial, so that each operator needs to come once. */
    @Override
    protected List<OperatorCase> cases() {
        Set<Class<?>> seen = new HashSet<>();
        return Cases.all().stream().filter(one -> seen.addAll(operators(one))).toList();
    }

    private static Set<Class<?>> operators(OperatorCase one) {
        return one.graph().nodes().stream().map(node -> node.op().getClass()).collect(Collectors.toSet());
    }
}
