package io.vertebra.graph.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.Cases;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Shape;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Plans get the sizes of pictures whether a batch has them or not. */
class SizesOfPicturesTest {
    private static final Graph GRAPH =
            Cases.named("region_proposals.two levels").graph();

    private static Batch without() {
        Map<String, Tensor> inputs = new HashMap<>(
                Cases.named("region_proposals.two levels").batch(Precision.FP32).inputs());
        inputs.remove(Input.SIZES);
        return new Batch(inputs);
    }

    @Test
    void arePartOfEveryPlan() {
        for (Options options :
                new Options[] {Options.inference(Precision.FP32), Options.gradients(Precision.FP32, true)}) {
            RecordingBackend backend = new RecordingBackend(GRAPH, options);
            try (Session session = PlannedSession.open(GRAPH, Parameters.zeros(GRAPH), options, backend)) {
                session.profile(without(), 1);
                session.evaluate(without());
                if (options.isForGradients()) {
                    session.gradients(without(), Map.of());
                }
            }
            assertThat(backend.keys).isNotEmpty();
            assertThat(backend.keys)
                    .allSatisfy(key -> assertThat(key.shapes())
                            .containsEntry(Input.SIZES, Shape.of(3, 2))
                            .containsEntry(Input.PICTURES, Shape.of(3, 10, 12, 14)));
        }
    }
}
