package io.vertebra.cuda;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import io.vertebra.graph.contract.EngineContractTest;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineException;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Holds the engine on this machine's card to what every engine must do; skipped where there is none that serves. */
@ExtendWith(CardContractTest.Card.class)
class CardContractTest extends EngineContractTest {
    private final Engine engine = new CudaProvider().create();

    @Override
    protected Engine engine() {
        return engine;
    }

    /** Whether there is a card; asked once. What fails on a card that is there fails in the tests. */
    static final class Card implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (context.getTestMethod().isPresent()) {
                return enabled("the class is");
            }
            try {
                return enabled(new CudaProvider().create().version());
            } catch (EngineException e) {
                return e.kind() == EngineException.Kind.UNAVAILABLE
                        ? disabled(e.getMessage())
                        : enabled(e.getMessage());
            }
        }
    }
}
