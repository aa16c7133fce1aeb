package io.vertebra.onednn.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.onednn.natives.Dnnl;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A segmentation network in training: what its plan is made of and what it takes. */
class DenseSessionTest {
    private static final int SIZE = 64;
    private static final int CLASSES = 21;
    private static final Update UPDATE = new Update(new Optimizer.Sgd(0.9, false), 0, 0);

    @BeforeAll
    static void load() {
        Dnnl.load();
    }

    private static Graph graph(boolean keepsEnlarged) {
        GraphBuilder g = new GraphBuilder();
        Node image = g.image(3, SIZE, SIZE);
        Node x = g.relu6(g.batchNorm("bn0", g.conv("stem", image, Conv.of(3, 32).stride(2))));
        x = g.relu6(
                g.batchNorm("bn1", g.conv("first", x, Conv.of(3, 32).groups(32).stride(2))));
        x = g.relu6(g.batchNorm(
                "bn2", g.conv("dilated", x, Conv.of(3, 32).groups(32).dilation(2))));
        Node logits = g.conv("classifier", x, Conv.of(1, CLASSES).withBias());
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY, SIZE, SIZE));
        Node enlarged = g.resize(logits, image, Resize.Filter.BILINEAR, false);
        if (keepsEnlarged) {
            g.output("enlarged", enlarged);
        }
        g.output("loss", g.softmaxCrossEntropy(enlarged, labels, new SoftmaxCrossEntropy(0, 255)));
        return g.build();
    }

    private static Batch batch() {
        SplittableRandom random = new SplittableRandom(1);
        float[] pixels = new float[3 * 2 * SIZE * SIZE];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextDouble();
        }
        int[] labels = random.ints(2L * SIZE * SIZE, 0, CLASSES).toArray();
        return Batch.of(Tensor.of(pixels, 2, 3, SIZE, SIZE), Tensor.of(labels, 2, SIZE, SIZE));
    }

    private static Session session(Graph graph, Precision precision) {
        Groups groups = Groups.all(graph, 1e-4);
        TrainingState state = TrainingState.fresh(graph, Parameters.initialize(graph, 1), UPDATE, groups);
        return OneDnnBackend.open(graph, state, Options.training(precision, UPDATE, groups, 1));
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "BF16"})
    void nothingRunsOnReferenceCode(Precision precision) {
        Models.requireServed(precision);
        try (Session session = session(graph(false), precision)) {
            List<Session.Timing> rows = session.profile(batch(), 1);
            assertThat(rows).noneMatch(row -> row.implementation().startsWith("ref"));
            assertThat(rows.stream()
                            .filter(row ->
                                    row.name().equals("dilated") && !row.pass().equals("forward")))
                    .isNotEmpty()
                    .allMatch(row -> row.implementation().startsWith("java:Depthwise"));
        }
    }

    @Test
    void enlargedLogitsNeverExistUnlessTheyAreWanted() {
        long enlarged = 2L * CLASSES * SIZE * SIZE * Float.BYTES;
        try (Session fused = session(graph(false), Precision.FP32);
                Session plain = session(graph(true), Precision.FP32)) {
            for (int step = 0; step < 3; step++) {
                float loss = fused.step(batch(), Scalars.of(0.1, step)).scalar("loss");
                float expected = plain.step(batch(), Scalars.of(0.1, step)).scalar("loss");
                assertThat(loss).isCloseTo(expected, within(1e-5f * expected));
            }
            // logits and their gradient
            assertThat(plain.memory().activations() - fused.memory().activations())
                    .isGreaterThan(enlarged);
        }
    }
}
