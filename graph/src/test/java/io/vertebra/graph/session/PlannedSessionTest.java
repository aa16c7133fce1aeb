package io.vertebra.graph.session;

import static io.vertebra.graph.session.RecordingBackend.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Roots;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every compiled engine's session does, over a backend that writes it down. */
class PlannedSessionTest {
    private static final Options INFERENCE = Options.inference(Precision.FP32);

    private final Graph graph = SessionModels.classifier();
    private RecordingBackend backend;

    private Session open(Options options) {
        backend = new RecordingBackend(graph, options);
        return SessionModels.open(graph, options, backend);
    }

    private Session training() {
        return open(SessionModels.training(graph));
    }

    private static Outputs features(Session session, int n, int size) {
        return session.evaluate(SessionModels.pictures(n, size), Session.Weights.LIVE, Set.of("features"));
    }

    @Test
    void aPartAsksForItsOwnInputsOnly() {
        try (Session session = open(INFERENCE)) {
            assertThat(features(session, 1, 4).names()).containsExactly("features");
            assertThatThrownBy(() -> session.evaluate(SessionModels.pictures(1, 4)))
                    .isInstanceOf(GraphException.class)
                    .hasMessageStartingWith("labels: ");
            assertThat(session.evaluate(SessionModels.labelled(1, 4)).names())
                    .containsExactly("features", "logits", "loss");
            assertThat(plan(features(session, 1, 4))).isEqualTo(1);
            assertThat(backend.keys).extracting(PlanKey::roots).containsOnly(Roots.NONE);
            assertThat(backend.keys.get(0).shapes()).isEqualTo(Map.of("input", Shape.of(1, 3, 4, 4)));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void picturesStayBytesWhereTheEngineTakesThem(boolean isCard) {
        float[] values = new float[SessionModels.CHANNELS * Tensor.Bytes.LEVELS];
        Arrays.fill(values, 0.5f);
        Shape shape = Shape.of(1, SessionModels.CHANNELS, 4, 4);
        Tensor bytes = new Tensor.Bytes(shape, new byte[(int) shape.elements()], values);
        try (Session session = open(INFERENCE)) {
            backend.isCard = isCard;
            assertThat(session.prefersBytes()).isEqualTo(isCard);
            assertThat(session.prefetches()).isEqualTo(isCard);
            session.evaluate(new Batch(Map.of(Input.PICTURES, bytes)), Session.Weights.LIVE, Set.of("features"));
            Tensor given = backend.run.inputs().get(Input.PICTURES);
            if (isCard) {
                assertThat(given).isSameAs(bytes);
            } else {
                assertThat(((Tensor.Floats) given).data()).hasSize(48).containsOnly(0.5f);
            }
        }
    }

    @Test
    void aBatchIsPrefetchedByAnotherThreadWhileAPassRuns() {
        Batch next = SessionModels.pictures(1, 4);
        Session session = open(INFERENCE);
        backend.inNextPass = () -> {
            Thread other = new Thread(() -> session.prefetch(next));
            other.start();
            join(other);
        };
        features(session, 1, 4);
        assertThat(backend.prefetched).singleElement().isSameAs(next);
        session.close();
        assertThatThrownBy(() -> session.prefetch(next))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the session is closed");
        assertThat(backend.prefetched).hasSize(1);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aPartIsNotFoundByASetThatHasChangedSince() {
        try (Session session = open(INFERENCE)) {
            Set<String> wanted = new HashSet<>(Set.of("features"));
            session.evaluate(SessionModels.pictures(1, 4), Session.Weights.LIVE, wanted);
            wanted.add("logits");
            assertThat(session.evaluate(SessionModels.pictures(1, 4), Session.Weights.LIVE, wanted)
                            .names())
                    .containsExactlyInAnyOrder("features", "logits");
            assertThat(plan(features(session, 1, 4))).isEqualTo(1);
        }
    }

    @Test
    void passesOfEveryKindKeepTheirPlans() {
        try (Session session = training()) {
            for (int round = 0; round < 2; round++) {
                assertThat(plan(session.step(SessionModels.labelled(2, 4), Scalars.of(0.1, 0))))
                        .isEqualTo(1);
                assertThat(plan(session.evaluate(SessionModels.labelled(2, 4)))).isEqualTo(2);
                assertThat(plan(session.evaluate(SessionModels.labelled(2, 4), Session.Weights.EMA)))
                        .isEqualTo(3);
                assertThat(plan(features(session, 2, 4))).isEqualTo(4);
            }
        }
    }

    @Test
    void aStepBeginsRunsAndUpdates() {
        try (Session session = training()) {
            session.step(SessionModels.labelled(2, 4), new Scalars(0.5, 3, 1, false));
            session.step(SessionModels.labelled(2, 4), Scalars.of(0.25, 4));
            assertThat(backend.events)
                    .containsExactly(
                            "compile 1",
                            "prepare 0.5",
                            "begin 3 1",
                            "run 1",
                            "update 0.5",
                            "prepare 0.25",
                            "begin 4 0",
                            "run 1",
                            "update 0.25");
        }
    }

    @Test
    void trainingFormsDifferentiateTheLossForWhatIsTrained() {
        try (Session session = training()) {
            session.step(SessionModels.labelled(2, 4), Scalars.of(0.1, 0));
            features(session, 2, 4);
            Form trained = backend.forms.get(0);
            assertThat(trained.isTraining()).isTrue();
            assertThat(trained.isDifferentiated()).isTrue();
            assertThat(trained.needsGradient(graph.node("conv").index())).isTrue();
            assertThat(trained.needsGradient(graph.node("input").index())).isFalse();
            assertThat(trained.trains("conv.weight")).isTrue();
            assertThat(trained.trains("bn.running_mean")).isFalse();
            assertThat(backend.forms.get(1).isTraining()).isFalse();
            assertThat(backend.forms.get(1).isDifferentiated()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TRAINING", "TRAINING_GRADIENTS"})
    void aNormOfOneValueIsNotTrainedOn(Options.Mode mode) {
        boolean trains = mode == Options.Mode.TRAINING;
        Map<String, Tensor.Floats> given = Map.of("features", Tensor.of(new float[4], 1, 4));
        try (Session session = trains ? training() : open(Options.gradients(Precision.FP32, true))) {
            assertThatThrownBy(() -> {
                        if (trains) {
                            session.step(SessionModels.labelled(1, 1), Scalars.of(0.1, 0));
                        } else {
                            session.gradients(SessionModels.labelled(1, 1), given);
                        }
                    })
                    .isInstanceOf(GraphException.class)
                    .hasMessageStartingWith("bn: ");
            assertThat(backend.events).isEmpty();
            assertThat(plan(features(session, 1, 1))).isEqualTo(1);
        }
    }

    /** The norm of the other branch has one value, which would be refused if it were trained on. */
    @Test
    void aStepRunsOnlyWhatTheLossNeeds() {
        Graph branched = SessionModels.branched();
        Options options = SessionModels.training(branched);
        TrainingState state =
                TrainingState.fresh(branched, Parameters.initialize(branched, 3), options.update(), options.groups());
        backend = new RecordingBackend(branched, options);
        try (Session session = PlannedSession.open(branched, state, options, backend)) {
            session.step(SessionModels.labelled(1, 4), Scalars.of(0.1, 0));
            assertThat(session.evaluate(SessionModels.labelled(1, 4)).names()).contains("branch");
        }
        assertThat(backend.forms.get(0).graph().outputs()).containsKey("loss").doesNotContainKey("branch");
    }

    @Test
    void aCompilationThatFailsIsTriedAgain() {
        try (Session session = training()) {
            features(session, 1, 4);
            backend.nextCompilation = new IllegalStateException("not today");
            for (int round = 0; round < 2; round++) {
                boolean fails = round == 0;
                if (fails) {
                    assertThatThrownBy(() -> session.step(SessionModels.labelled(2, 4), Scalars.of(0.1, 0)))
                            .hasMessage("not today");
                } else {
                    assertThat(plan(session.step(SessionModels.labelled(2, 4), Scalars.of(0.1, 0))))
                            .isEqualTo(2);
                }
            }
        }
    }

    @Test
    void plansAreClosedBeforeTheMastersMove() {
        try (Session session = training()) {
            features(session, 1, 4);
            backend.movesMasters = true;
            session.step(SessionModels.labelled(2, 4), Scalars.of(0.1, 0));
            backend.movesMasters = false;
            assertThat(plan(features(session, 1, 4))).isEqualTo(3);
            assertThat(backend.events.subList(0, 5))
                    .containsExactly("compile 1", "begin 0 0", "run 1", "close 1", "compile 2");
        }
    }

    @Test
    void memoryIsThatOfTheBackendAndOfThePlans() {
        try (Session session = open(INFERENCE)) {
            assertThat(session.memory()).isEqualTo(new Session.Memory(1000, 2000, 3000, 4000));
            features(session, 2, 8);
            features(session, 1, 8);
            long largest = 2 * 3 * 8 * 8 * Float.BYTES;
            assertThat(session.memory())
                    .isEqualTo(new Session.Memory(1000, 2000, 3000 + largest, 4000 + RecordingBackend.SCRATCH));
        }
    }

    @Test
    void profilesStepsOfATrainingAndEvaluationsOfOthers() {
        try (Session session = training()) {
            assertThat(session.profile(SessionModels.labelled(2, 4), 3))
                    .containsExactly(new Session.Timing("plan", "LOSS", "forward", "none", 1, 3));
        }
        try (Session session = open(Options.gradients(Precision.FP32, true))) {
            assertThat(session.profile(SessionModels.labelled(2, 4), 1))
                    .containsExactly(new Session.Timing("plan", "NONE", "forward", "none", 1, 1));
            assertThatThrownBy(() -> session.profile(SessionModels.labelled(2, 4), 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a profile needs a repetition, got 0");
        }
    }
}
