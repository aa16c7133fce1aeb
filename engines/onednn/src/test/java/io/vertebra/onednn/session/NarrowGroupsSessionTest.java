package io.vertebra.onednn.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.onednn.natives.Block;
import io.vertebra.onednn.natives.Dnnl;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Narrow groups, which are merged, against the same convolution written out as one that is not grouped. */
class NarrowGroupsSessionTest {
    private static final int CHANNELS = 32;
    private static final int EACH = 4;
    private static final int TAPS = 9;
    private static final int SIDE = 6;
    private static final String WEIGHT = "b.weight";
    private static final Update UPDATE = Update.of(new Optimizer.Sgd(0.9, false));

    @BeforeAll
    static void load() {
        Dnnl.load();
    }

    private static Graph graph(int groups) {
        GraphBuilder g = new GraphBuilder();
        Node x = g.relu(g.conv("a", g.image(3, SIDE, SIDE), Conv.of(1, CHANNELS)));
        x = g.relu(g.batchNorm(
                "bn", g.conv("b", x, Conv.of(3, CHANNELS).groups(groups).stride(2))));
        Node logits = g.linear("fc", g.globalAveragePool(x), Models.CLASSES);
        g.output("logits", logits);
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0, -100)));
        return g.build();
    }

    private static final Graph GROUPED = graph(CHANNELS / EACH);
    private static final Graph FULL = graph(1);

    /** The parameters of the full network, with the weight of the grouped one on the diagonal of zeros. */
    private static Parameters written(Parameters grouped) {
        Parameters full = Parameters.zeros(FULL);
        for (String name : grouped.names()) {
            float[] from = grouped.get(name);
            float[] to = full.get(name);
            for (int i = 0; i < from.length; i++) {
                to[name.equals(WEIGHT) ? place(i) : i] = from[i];
            }
        }
        return full;
    }

    /** Where an element of the grouped weight stands in the full one. */
    private static int place(int i) {
        int row = i / (EACH * TAPS);
        int channel = row / EACH * EACH + i / TAPS % EACH;
        return (row * CHANNELS + channel) * TAPS + i % TAPS;
    }

    private static Session training(Graph graph, TrainingState state, Precision precision) {
        return OneDnnBackend.open(graph, state, Options.training(precision, UPDATE, Groups.all(graph, 1e-3), 7));
    }

    private static TrainingState fresh(Graph graph, Parameters parameters) {
        return TrainingState.fresh(graph, parameters, UPDATE, Groups.all(graph, 1e-3));
    }

    /** One step with both. */
    @Test
    void theyLearnWhatTheFullConvolutionLearnsOnItsDiagonal() {
        Parameters start = Parameters.initialize(GROUPED, 3);
        TrainingState grouped = fresh(GROUPED, start.copy());
        TrainingState full = fresh(FULL, written(start));
        Batch batch = Models.batch(4, SIDE, 1);
        try (Session narrow = training(GROUPED, grouped, Precision.FP32);
                Session wide = training(FULL, full, Precision.FP32)) {
            float[] logits =
                    narrow.step(batch, Scalars.of(0.5, 0)).get("logits").data();
            assertThat(logits)
                    .containsExactly(
                            wide.step(batch, Scalars.of(0.5, 0)).get("logits").data(), within(1e-5f));
            narrow.save(grouped);
            wide.save(full);
        }
        for (String name : start.names()) {
            float[] moved = grouped.parameters().get(name);
            float[] expected = full.parameters().get(name);
            assertThat(moved).as(name).isNotEqualTo(start.get(name));
            for (int i = 0; i < moved.length; i++) {
                assertThat(moved[i])
                        .as("%s %d", name, i)
                        .isCloseTo(expected[name.equals(WEIGHT) ? place(i) : i], within(2e-5f));
            }
        }
        float[] momentum = grouped.slot("momentum", WEIGHT);
        float[] expected = full.slot("momentum", WEIGHT);
        for (int i = 0; i < momentum.length; i++) {
            assertThat(momentum[i]).as("momentum %d", i).isCloseTo(expected[place(i)], within(2e-5f));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "BF16"})
    void evaluationSeesEveryUpdate(Precision precision) {
        Models.requireServed(precision);
        TrainingState state = fresh(GROUPED, Parameters.initialize(GROUPED, 3));
        Batch batch = Models.batch(4, SIDE, 1);
        long before = Block.liveBytes();
        try (Session session = training(GROUPED, state, precision)) {
            float[] last = null;
            for (int step = 0; step < 3; step++) {
                session.step(batch, Scalars.of(0.1, step));
                float[] now = session.evaluate(batch).get("logits").data().clone();
                assertThat(now).isNotEqualTo(last);
                last = now;
            }
            assertThat(session.memory().total()).isEqualTo(Block.liveBytes() - before);
            session.save(state);
            Parameters full = written(state.parameters());
            try (Session same = OneDnnBackend.open(GROUPED, state.parameters(), Options.inference(precision));
                    Session wide = OneDnnBackend.open(FULL, full, Options.inference(precision))) {
                assertThat(same.evaluate(batch).get("logits").data()).isEqualTo(last);
                assertThat(wide.evaluate(batch).get("logits").data())
                        .containsExactly(last, within(precision == Precision.FP32 ? 1e-5f : 0.05f));
            }
        }
        assertThat(Block.liveBytes()).isEqualTo(before);
    }

    @Test
    void theyStayOnTheBlockedTrunk() {
        assumeTrue(Dnnl.channelBlock() == 16, "blocks of 16 need AVX-512");
        TrainingState state = fresh(GROUPED, Parameters.initialize(GROUPED, 3));
        try (Session session = training(GROUPED, state, Precision.FP32)) {
            List<Session.Timing> rows = session.profile(Models.batch(4, SIDE, 1), 1);
            assertThat(rows)
                    .filteredOn(r -> r.name().equals("b") && r.macs() > 0)
                    .hasSize(3)
                    .allMatch(r -> r.implementation().startsWith("jit"));
        }
    }
}
