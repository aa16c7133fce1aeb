package io.vertebra.graph.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Plans that come and go, and the arena that they share. */
class PlansTest {
    private static final int KEPT = 8;

    private final Graph graph = SessionModels.classifier();
    private final Options options = Options.inference(Precision.FP32);
    private final RecordingBackend backend = new RecordingBackend(graph, options);
    private final Session session = PlannedSession.open(graph, Parameters.zeros(graph), options, backend);

    @AfterEach
    void close() {
        session.close();
    }

    /** Evaluates one picture and gives the number of the plan that ran. */
    private int plan(int size) {
        return (int) session.evaluate(SessionModels.pictures(1, size), Session.Weights.LIVE, Set.of("features"))
                .get("features")
                .data()[0];
    }

    private static long bytes(int size) {
        return 3L * size * size * Float.BYTES + RecordingBackend.SCRATCH;
    }

    @Test
    void thoseUsedLastAreKept() {
        for (int size = 1; size <= KEPT; size++) {
            assertThat(plan(size)).isEqualTo(size);
        }
        assertThat(plan(1)).isEqualTo(1);
        assertThat(plan(9)).isEqualTo(9);
        assertThat(backend.events).filteredOn(e -> e.startsWith("close")).containsExactly("close 2");
        assertThat(plan(1)).isEqualTo(1);
        assertThat(plan(2)).isEqualTo(10);
        assertThat(backend.events).filteredOn(e -> e.startsWith("close")).containsExactly("close 2", "close 3");
    }

    @Test
    void onePlanRunsAgainHoweverItWasFound() {
        assertThat(IntStream.of(1, 2, 2, 1, 1, 2).map(this::plan)).containsExactly(1, 2, 2, 1, 1, 2);
    }

    @Test
    void oneArenaIsAsLargeAsTheLargest() {
        plan(4);
        plan(2);
        assertThat(backend.arenas).extracting(Arena::bytes).containsExactly(bytes(4));
        plan(8);
        plan(4);
        plan(2);
        session.evaluate(SessionModels.pictures(1, 8), Session.Weights.LIVE, Set.of("logits")); // as large
        assertThat(backend.keys).hasSize(4);
        assertThat(backend.arenas).extracting(Arena::bytes).containsExactly(bytes(4), bytes(8));
        assertThat(backend.arenas).extracting(arena -> arena.closed).containsExactly(true, false);
    }

    @Test
    void aBatchThatIsTooLargeLeavesThePlansBefore() {
        plan(4);
        backend.limit = bytes(4);
        assertThatThrownBy(() -> plan(5))
                .isInstanceOf(EngineException.class)
                .hasMessage("no memory for a pass over this batch");
        assertThat(plan(4)).isEqualTo(1);
        assertThat(backend.events).contains("close 2").doesNotContain("close 1");
        assertThat(session.memory().activations()).isEqualTo(3000 + bytes(4) - RecordingBackend.SCRATCH);
    }

    @Test
    void withoutMemoryEvenForTheOldArenaPlansAreMadeAgain() {
        plan(4);
        backend.limit = 0;
        assertThatThrownBy(() -> plan(5))
                .isInstanceOf(EngineException.class)
                .hasMessage("no memory for the plans so far");
        assertThat(backend.events).contains("close 1", "close 2");
        backend.limit = bytes(4);
        assertThat(plan(4)).isEqualTo(3);
    }

    @Test
    void aPlanThatCannotMoveToTheLargerArenaIsNotRunAgain() {
        plan(4);
        plan(3);
        backend.failsToBind = 1;
        assertThatThrownBy(() -> plan(5)).hasMessage("no memory to bind plan 1");
        assertThat(backend.events).contains("close 1", "close 2", "close 3");
        assertThat(plan(4)).isEqualTo(4);
    }

    @Test
    void aPlanThatCannotBeBoundIsClosed() {
        backend.failsToBind = 1;
        assertThatThrownBy(() -> plan(4)).hasMessage("no memory to bind plan 1");
        assertThat(backend.events).contains("close 1");
        assertThat(plan(4)).isEqualTo(2);
    }

    @Test
    void aFirstBatchThatIsTooLargeIsRefused() {
        backend.limit = bytes(3);
        assertThatThrownBy(() -> plan(4)).hasMessage("no memory for a pass over this batch");
        assertThat(plan(3)).isEqualTo(2);
        assertThat(backend.arenas).extracting(Arena::bytes).containsExactly(bytes(3));
    }
}
