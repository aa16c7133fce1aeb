package io.vertebra.graph.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.op.GraphException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every compiled engine's session refuses, and how it ends, over a backend that writes down what is asked of it. */
class SessionEndTest {
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

    @Test
    void refusesWhatItWasNotOpenedFor() {
        try (Session session = open(INFERENCE)) {
            refuses(() -> session.step(SessionModels.labelled(2, 4), Scalars.of(0.1, 0)), "for training");
            refuses(
                    () -> session.save(TrainingState.fresh(
                            graph, Parameters.initialize(graph, 3), SessionModels.UPDATE, groups())),
                    "for training");
            refuses(() -> session.gradients(SessionModels.labelled(2, 4), Map.of()), "for gradients");
            assertThatThrownBy(() -> session.evaluate(SessionModels.labelled(2, 4), Session.Weights.EMA))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no moving average is kept");
        }
        try (Session session = training()) {
            refuses(() -> session.gradients(SessionModels.labelled(2, 4), Map.of()), "for gradients");
        }
    }

    private Groups groups() {
        return Groups.all(graph, 0);
    }

    private static void refuses(ThrowingCallable call, String purpose) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the session was not opened " + purpose);
    }

    static List<Consumer<Session>> calls() {
        return List.of(
                s -> s.evaluate(SessionModels.labelled(2, 4)),
                s -> s.step(SessionModels.labelled(2, 4), Scalars.of(0.1, 0)),
                s -> s.gradients(SessionModels.labelled(2, 4), Map.of()),
                s -> s.save(Parameters.zeros(SessionModels.classifier())),
                s -> s.profile(SessionModels.labelled(2, 4), 1),
                Session::memory);
    }

    @ParameterizedTest
    @MethodSource("calls")
    void nothingWorksAfterClosing(Consumer<Session> call) {
        Session session = training();
        session.step(SessionModels.labelled(2, 4), Scalars.of(0.1, 0));
        session.close();
        session.close();
        assertThat(backend.closings).isEqualTo(1);
        assertThat(backend.events).contains("close 1");
        assertThat(backend.arenas).isNotEmpty().allMatch(arena -> arena.closed);
        assertThatThrownBy(() -> call.accept(session))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the session is closed");
    }

    /** The lock belongs to the thread, so that another one has to ask for it. */
    @ParameterizedTest
    @MethodSource("calls")
    void otherThreadsComeInAfterACallThatEndsOrIsRefused(Consumer<Session> call) throws InterruptedException {
        Session session = training();
        try {
            call.accept(session);
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("not opened");
        }
        assertThat(ends(session::close)).isTrue();
        session.close();
        assertThat(ends(session::close)).isTrue();
        assertThat(backend.closings).isEqualTo(1);
    }

    /** Whether another thread comes to an end; one that waits for ever is left behind. */
    private static boolean ends(Runnable work) throws InterruptedException {
        Thread other = new Thread(work);
        other.setDaemon(true);
        other.start();
        other.join(10_000);
        return !other.isAlive();
    }

    /** A card that broke down in a pass says so again when it is closed; what came first is what a user wants to know. */
    @Test
    void theFirstErrorIsTheOneThatClosingTells() {
        Session session = open(INFERENCE);
        session.evaluate(SessionModels.labelled(1, 4));
        IllegalStateException second = new IllegalStateException("broken as before");
        backend.inClosing = () -> {
            throw second;
        };
        IllegalStateException first = new IllegalStateException("broken");
        backend.inPlansClosing = () -> {
            throw first;
        };
        assertThatThrownBy(session::close).isSameAs(first).hasSuppressedException(second);
        session.close();
        assertThat(backend.closings).isEqualTo(1);
    }

    @Test
    void weightsThatDoNotFitCloseTheBackend() {
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.conv("conv", g.image(3, 4, 4), Conv.of(1, 2)));
        Parameters others = Parameters.zeros(g.build());
        backend = new RecordingBackend(graph, INFERENCE);
        IllegalStateException second = new IllegalStateException("broken");
        backend.inClosing = () -> {
            throw second;
        };
        assertThatThrownBy(() -> PlannedSession.open(graph, others, INFERENCE, backend))
                .isInstanceOf(GraphException.class)
                .hasMessageStartingWith("conv.weight: has the shape (2, 3, 1, 1), the model wants (4, 3, 3, 3)")
                .hasSuppressedException(second);
        assertThat(backend.closings).isEqualTo(1);
    }
}
