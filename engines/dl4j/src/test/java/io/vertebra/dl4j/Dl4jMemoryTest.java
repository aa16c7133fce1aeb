package io.vertebra.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.factory.Nd4j;

/** What a session holds, and what it leaves of the memory of others. */
class Dl4jMemoryTest {
    private static Engine engine;

    @BeforeAll
    static void load() {
        engine = new Dl4jProvider().create();
    }

    @Test
    void holdsTheSameMemoryHoweverManySteps() {
        Graph graph = Networks.classifier();
        try (Session session =
                engine.open(graph, Networks.fresh(graph, Networks.training(graph)), Networks.training(graph))) {
            session.step(Networks.batch(4, 9), Scalars.of(0.1, 0));
            Session.Memory first = session.memory();
            for (int step = 1; step < 50; step++) {
                session.step(Networks.batch(4, 9), Scalars.of(0.1, step));
            }
            assertThat(session.memory()).isEqualTo(first);
            // masters; gradient, its sum, momentum, average
            long all = graph.parameters().stream()
                            .mapToLong(p -> p.shape().elements())
                            .sum()
                    * Float.BYTES;
            assertThat(first.weights()).isEqualTo(all);
            assertThat(first.training()).isEqualTo(4 * all);
            assertThat(first.activations()).isPositive();
        }
    }

    @Test
    void holdsTheMemoryOfOneShapeAtATime() {
        Graph graph = Networks.classifier();
        try (Session session = engine.open(graph, Networks.parameters(graph), Options.inference(Precision.FP32))) {
            session.evaluate(Networks.batch(1, 8));
            long small = session.memory().activations();
            session.evaluate(Networks.batch(4, 16));
            assertThat(session.memory().activations()).isGreaterThan(4 * small);
            session.evaluate(Networks.batch(1, 8));
            assertThat(session.memory().activations()).isEqualTo(small);
        }
    }

    @Test
    void regionsTakeTurnsInTheSameMemory() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, 8, 8);
        Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
        g.output("y", g.roiAlign(x, rois, new RoiAlign(Size.of(2), 1, 1, true)));
        Graph graph = g.build();
        long[] held = new long[2];
        int[] counts = {3, 40};
        for (int i = 0; i < counts.length; i++) {
            Batch batch = new Batch(
                    Map.of("input", Networks.picture(1, 8), "rois", Networks.filled(Networks.normal(counts[i], 5), 0)));
            Options options = Options.gradients(Precision.FP32, false);
            try (Session session = engine.open(graph, Parameters.zeros(graph), options)) {
                session.gradients(batch, Map.of("y", Networks.normal(counts[i], 3, 2, 2)));
                held[i] = session.memory().activations();
            }
        }
        // a region, its features and their gradient
        assertThat(held[1] - held[0]).isEqualTo((40 - 3) * (5 + 12 + 12) * Float.BYTES);
    }

    @Test
    void regionsOfAllSizesTakeTurnsInAFewArrays() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, 64, 64);
        Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
        g.output("y", g.roiAlign(x, rois, new RoiAlign(Size.of(1), 1, 0, true)));
        Graph graph = g.build();
        int count = 60;
        float[] rows = new float[count * 5];
        for (int r = 0; r < count; r++) {
            // from a few cells to all of them, each of another width
            rows[r * 5 + 3] = 64 - r;
            rows[r * 5 + 4] = 4;
        }
        Batch batch = new Batch(Map.of("input", Networks.picture(1, 64), "rois", Tensor.of(rows, count, 5)));
        try (Session session = engine.open(graph, Parameters.zeros(graph), Options.gradients(Precision.FP32, false))) {
            session.gradients(batch, Map.of("y", Networks.normal(count, 3, 1, 1)));
            long maps = 3 * 64 * 64 * Float.BYTES;
            // the picture, its gradient, and what regions take turns in
            assertThat(session.memory().activations()).isLessThan(3 * maps);
        }
    }

    @Test
    void inferenceHoldsLessThanGradients() {
        Graph graph = Networks.smoothResNet(2, 2);
        Batch batch = Batch.of(Networks.picture(2, 32));
        try (Session inference = engine.open(graph, Networks.parameters(graph), Options.inference(Precision.FP32));
                Session gradients =
                        engine.open(graph, Networks.parameters(graph), Options.gradients(Precision.FP32, false))) {
            inference.evaluate(batch);
            gradients.gradients(batch, Map.of());
            assertThat(inference.memory().activations())
                    .isLessThan(gradients.memory().activations() / 2);
        }
    }

    @Test
    void leavesAWorkspaceOfTheCallerAlone() {
        Graph graph = Networks.classifier();
        Batch batch = Networks.batch(2, 8);
        TrainingState inside = TrainingState.fresh(
                graph, Networks.parameters(graph), Networks.training(graph).update(), Groups.all(graph, 1e-4));
        TrainingState outside = TrainingState.fresh(
                graph, Networks.parameters(graph), Networks.training(graph).update(), Groups.all(graph, 1e-4));
        WorkspaceConfiguration small =
                WorkspaceConfiguration.builder().initialSize(1024).build();
        MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace(small, "caller");
        try {
            train(graph, inside, batch);
            assertThat(workspace.getCurrentOffset()).isZero();
            assertThat(Nd4j.getMemoryManager().getCurrentWorkspace()).isSameAs(workspace);
        } finally {
            workspace.close();
        }
        train(graph, outside, batch);
        assertThat(inside.parameters().get("conv1.weight"))
                .isEqualTo(outside.parameters().get("conv1.weight"));
    }

    private static void train(Graph graph, TrainingState state, Batch batch) {
        try (Session session = engine.open(graph, state, Networks.training(graph))) {
            session.step(batch, Scalars.of(0.1, 0));
            session.profile(batch, 1);
            session.evaluate(batch, Session.Weights.EMA);
            session.save(state);
        }
    }
}
