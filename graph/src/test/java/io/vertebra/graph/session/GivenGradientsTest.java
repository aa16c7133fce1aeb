package io.vertebra.graph.session;

import static io.vertebra.graph.session.RecordingBackend.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Form;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Passes of a compiled engine's session whose gradients are given, over a backend that writes down what is asked of it. */
class GivenGradientsTest {
    private final Graph graph = SessionModels.classifier();
    private RecordingBackend backend;

    private Session open(Options options) {
        backend = new RecordingBackend(graph, options);
        return SessionModels.open(graph, options, backend);
    }

    @Test
    void aPassForGradientsDoesNotPassForAnEvaluation() {
        Map<String, Tensor.Floats> given = Map.of("features", Tensor.of(new float[8], 2, 4));
        try (Session session = open(Options.gradients(Precision.FP32, false))) {
            assertThat(plan(session.evaluate(SessionModels.labelled(2, 4)))).isEqualTo(1);
            assertThat(plan(session.gradients(SessionModels.labelled(2, 4), given)))
                    .isEqualTo(2);
            assertThat(plan(session.evaluate(SessionModels.labelled(2, 4)))).isEqualTo(1);
            Map<String, Tensor.Floats> others = Map.of("logits", Tensor.of(new float[10], 2, 5));
            assertThat(plan(session.gradients(SessionModels.labelled(2, 4), others)))
                    .isEqualTo(3);
            assertThat(backend.keys)
                    .extracting(PlanKey::given)
                    .containsExactly(Set.of(), Set.of("features"), Set.of("logits"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"INFERENCE_GRADIENTS", "TRAINING_GRADIENTS"})
    void formsForGradientsFollowTheModeAndReachThePicture(Options.Mode mode) {
        boolean trains = mode == Options.Mode.TRAINING_GRADIENTS;
        Map<String, Tensor.Floats> given = Map.of("features", Tensor.of(new float[8], 2, 4));
        try (Session session = open(Options.gradients(Precision.FP32, trains))) {
            session.gradients(SessionModels.labelled(2, 4), given);
            Form form = backend.forms.get(0);
            assertThat(form.isTraining()).isEqualTo(trains);
            assertThat(form.needsGradient(graph.node("input").index())).isTrue();
            assertThat(form.needsGradient(graph.node("fc").index())).isFalse();
            assertThat(backend.events).containsExactly("compile 1", "begin 0 0", "run 1");
        }
    }

    @Test
    void gradientsOfAllTrainableParametersBeginAtZero() {
        Map<String, Tensor.Floats> given = Map.of("features", Tensor.of(new float[8], 2, 4));
        try (Session session = open(Options.gradients(Precision.FP32, false))) {
            for (int round = 0; round < 2; round++) {
                Outputs outputs = session.gradients(SessionModels.labelled(2, 4), given);
                assertThat(outputs.names())
                        .containsExactlyInAnyOrder(
                                "features",
                                "logits",
                                "loss",
                                "grad.conv.weight",
                                "grad.bn.weight",
                                "grad.bn.bias",
                                "grad.fc.weight",
                                "grad.fc.bias");
                assertThat(outputs.get("grad.fc.weight").shape()).isEqualTo(Shape.of(5, 4));
                assertThat(outputs.get("grad.fc.weight").data()).containsOnly(1);
            }
        }
    }

    @Test
    void gradientsOfAnotherShapeAreRefused() {
        Map<String, Tensor.Floats> given = Map.of("features", Tensor.of(new float[8], 4, 2));
        try (Session session = open(Options.gradients(Precision.FP32, false))) {
            assertThat(plan(session.evaluate(SessionModels.labelled(1, 4)))).isEqualTo(1);
            assertThatThrownBy(() -> session.gradients(SessionModels.labelled(2, 4), given))
                    .isInstanceOf(GraphException.class)
                    .hasMessageStartingWith("grad.features: ");
            assertThat(plan(session.evaluate(SessionModels.labelled(2, 4)))).isEqualTo(2); // one of its own shapes
        }
    }
}
