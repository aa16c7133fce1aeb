package io.vertebra.graph.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
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

    private static Graph selecting() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.in("s").channelSelect(g.image(6, 2, 2), 3);
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        Node logits = g.linear("fc", g.globalAveragePool(x), 2);
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0, -100)));
        return g.build();
    }

    /** Averaging in floats moves whole numbers. */
    @Test
    void theAverageOfAnIndexIsTheIndex() {
        Graph selecting = selecting();
        Groups all = Groups.all(selecting, 0);
        TrainingState given =
                TrainingState.fresh(selecting, Parameters.initialize(selecting, 1), SessionModels.UPDATE, all);
        Options options = SessionModels.training(all);
        RecordingBackend backend = new RecordingBackend(selecting, options);
        try (Session session = PlannedSession.open(selecting, given, options, backend)) {
            backend.masters().write("s.index", backend.masters().average(), new float[] {0, 1.9999f, 4});
            session.save(given);
        }
        assertThat(given.ema().orElseThrow().get("s.index")).containsExactly(0, 2, 4);
        assertThat(given.parameters().get("s.index")).containsExactly(0, 2, 4);
    }

    @Test
    void anIndexOfWhatIsNotThereIsRefused() {
        Graph selecting = selecting();
        Parameters parameters = Parameters.initialize(selecting, 1);
        parameters.get("s.index")[1] = 6;
        Options options = Options.inference(Precision.FP32);
        RecordingBackend backend = new RecordingBackend(selecting, options);
        String message = "s.index: holds 6.0 at 1, must be whole numbers from 0 to 5";
        assertThatThrownBy(() -> PlannedSession.open(selecting, parameters, options, backend))
                .isInstanceOf(GraphException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> parameters.requireFits(selecting)).hasMessage(message);
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
