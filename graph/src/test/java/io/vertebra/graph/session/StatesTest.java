package io.vertebra.graph.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Weights and training states on their way in and out. */
class StatesTest {
    private final Graph graph = SessionModels.classifier();
    private final Groups groups =
            Groups.of(graph, p -> p.name().startsWith("fc.") ? new Groups.Group(1, 0, true) : Groups.Group.FROZEN);

    private TrainingState state(int seed) {
        TrainingState state =
                TrainingState.fresh(graph, Parameters.initialize(graph, seed), SessionModels.UPDATE, groups);
        state.ema().orElseThrow().set(Parameters.initialize(graph, seed + 1));
        state.slots().values().forEach(values -> Arrays.fill(values, seed));
        return state;
    }

    private static void assertSame(Parameters a, Parameters b) {
        for (String name : b.names()) {
            assertThat(a.get(name)).as(name).isEqualTo(b.get(name));
        }
    }

    @Test
    void aTrainingStateComesBackAsItWas() {
        TrainingState given = state(1);
        TrainingState saved = state(5);
        Options options = SessionModels.training(groups);
        RecordingBackend backend = new RecordingBackend(graph, options);
        try (Session session = PlannedSession.open(graph, given, options, backend)) {
            session.save(saved);
        }
        assertSame(saved.parameters(), given.parameters());
        assertSame(saved.ema().orElseThrow(), given.ema().orElseThrow());
        assertThat(saved.slots().keySet()).containsExactlyInAnyOrder("momentum.fc.weight", "momentum.fc.bias");
        saved.slots().values().forEach(values -> assertThat(values).containsOnly(1));
    }

    @Test
    void parametersComeBackAsTheyWere() {
        Options options = Options.inference(Precision.FP32);
        Parameters given = Parameters.initialize(graph, 1);
        Parameters saved = Parameters.zeros(graph);
        try (Session session = PlannedSession.open(graph, given, options, new RecordingBackend(graph, options))) {
            session.save(saved);
        }
        assertSame(saved, given);
    }
}
