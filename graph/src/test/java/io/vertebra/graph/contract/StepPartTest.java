package io.vertebra.graph.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.reference.ReferenceEngine;
import org.junit.jupiter.api.Test;

/** What the loss does not need is no part of a step, so its norms keep their statistics. */
class StepPartTest {

    @Test
    void leavesOutWhatTheLossDoesNotNeed() {
        TrainingCase one = TrainingCases.named("an output beside the loss");
        TrainingState state = one.fresh();
        float[] beside = state.parameters().get("bn1.running_mean").clone();
        float[] before = state.parameters().get("bn0.running_mean").clone();
        try (Session session = new ReferenceEngine().open(one.graph(), state, one.options(Precision.FP64))) {
            Outputs outputs = session.step(one.batch(0, 0), one.scalars(0, 0));
            assertThat(outputs.names()).containsExactly("logits", "loss");
            session.save(state);
            assertThat(state.parameters().get("bn1.running_mean")).isEqualTo(beside);
            assertThat(state.parameters().get("bn0.running_mean")).isNotEqualTo(before);
            assertThat(session.evaluate(one.batch(1, 0)).names()).containsExactly("beside", "logits", "loss");
        }
    }
}
