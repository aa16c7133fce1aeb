package io.vertebra.onednn.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import io.vertebra.onednn.natives.Block;
import io.vertebra.onednn.natives.Dnnl;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the contract of all engines does not know: plans, arenas and copies of this one. */
class OneDnnSessionTest {
    private static final Update UPDATE = new Update(new Optimizer.Sgd(0.9, true), 1, 0.9);
    private final Graph graph = Models.residual();
    private final Parameters parameters = Models.parameters(graph);
    private final Groups groups = Groups.all(graph, 1e-3);

    @BeforeAll
    static void load() {
        Dnnl.load();
    }

    private TrainingState fresh() {
        return TrainingState.fresh(graph, parameters.copy(), UPDATE, groups);
    }

    private Session training(TrainingState state, Precision precision) {
        return OneDnnBackend.open(graph, state, Options.training(precision, UPDATE, groups, 7));
    }

    private static float[] logits(Outputs outputs) {
        return outputs.get("logits").data().clone();
    }

    @Test
    void plansOfManySizesShareOneArena() {
        try (Session session = OneDnnBackend.open(graph, parameters, Options.inference(Precision.FP32))) {
            float[] first = logits(session.evaluate(Models.batch(2, 12, 1)));
            long small = session.memory().activations();
            // more sizes than plans are kept, the largest in the middle
            for (int size : new int[] {16, 20, 48, 24, 28, 32, 36, 40, 44}) {
                session.evaluate(Models.batch(2, size, 1));
            }
            assertThat(session.memory().activations()).isGreaterThan(4 * small);
            assertThat(logits(session.evaluate(Models.batch(2, 12, 1)))).isEqualTo(first);
        }
    }

    @Test
    void aPlanStillWorksAfterTheArenaHasMoved() {
        try (Session session = training(fresh(), Precision.FP32)) {
            float[] first = logits(session.evaluate(Models.batch(2, 12, 1)));
            session.evaluate(Models.batch(8, 40, 2));
            assertThat(logits(session.evaluate(Models.batch(2, 12, 1)))).isEqualTo(first);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "BF16"})
    void evaluatingBetweenStepsChangesNothing(Precision precision) {
        Models.requireServed(precision);
        TrainingState plain = fresh();
        TrainingState watched = fresh();
        try (Session a = training(plain, precision);
                Session b = training(watched, precision)) {
            b.evaluate(Models.batch(3, 12, 9)); // before the order of the masters is decided
            for (int step = 0; step < 3; step++) {
                Batch batch = Models.batch(4, 16, step);
                a.step(batch, Scalars.of(0.1, step));
                b.step(batch, Scalars.of(0.1, step));
                b.evaluate(Models.batch(3, 12, 9));
                b.evaluate(Models.batch(3, 12, 9), Session.Weights.EMA);
            }
            a.save(plain);
            b.save(watched);
        }
        assertSame(plain.parameters(), watched.parameters());
        assertSame(plain.ema().orElseThrow(), watched.ema().orElseThrow());
    }

    private static void assertSame(Parameters a, Parameters b) {
        for (String name : a.names()) {
            assertThat(a.get(name)).as(name).isEqualTo(b.get(name));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "BF16"})
    void evaluationSeesEveryUpdate(Precision precision) {
        Models.requireServed(precision);
        TrainingState state = fresh();
        Batch batch = Models.batch(4, 16, 1);
        try (Session session = training(state, precision)) {
            for (int step = 0; step < 3; step++) {
                float[] before = logits(session.evaluate(batch));
                session.step(batch, new Scalars(0.1, step, 0, false)); // moves only the norms' statistics
                float[] moved = logits(session.evaluate(batch));
                assertThat(moved).isNotEqualTo(before);
                session.step(batch, new Scalars(0.1, step, 1, true));
                assertThat(logits(session.evaluate(batch))).isNotEqualTo(moved);
            }
            session.save(state);
            float[] live = logits(session.evaluate(batch));
            float[] average = logits(session.evaluate(batch, Session.Weights.EMA));
            assertThat(average).isNotEqualTo(live);
            Options inference = Options.inference(precision);
            try (Session other = OneDnnBackend.open(graph, state.parameters(), inference);
                    Session ema = OneDnnBackend.open(graph, state.ema().orElseThrow(), inference)) {
                assertThat(logits(other.evaluate(batch))).isEqualTo(live);
                assertThat(logits(ema.evaluate(batch))).isEqualTo(average);
            }
        }
    }

    @Test
    void stepsOfTwoPictureSizesShareTheWeights() {
        TrainingState state = fresh();
        try (Session session = training(state, Precision.FP32)) {
            for (int step = 0; step < 4; step++) {
                session.step(Models.batch(4, step % 2 == 0 ? 16 : 24, step), Scalars.of(0.05, step));
            }
            session.save(state);
        }
        Parameters moved = state.parameters();
        assertThat(moved.get("block.conv1.weight")).isNotEqualTo(parameters.get("block.conv1.weight"));
        for (float value : moved.get("block.conv1.weight")) {
            assertThat(value).isFinite();
        }
    }

    @Test
    void profilingLeavesTheStateAsItWas() {
        TrainingState before = fresh();
        TrainingState after = fresh();
        Batch batch = Models.batch(4, 16, 1);
        try (Session session = training(before, Precision.FP32)) {
            session.step(batch, Scalars.of(0.1, 0));
            session.save(before);
            List<Session.Timing> rows = session.profile(batch, 2);
            session.save(after);
            assertThat(rows)
                    .extracting(Session.Timing::pass)
                    .contains("forward", "backward data", "backward weights", "update");
            assertThat(rows)
                    .allMatch(r -> r.milliseconds() >= 0 && !r.implementation().isBlank());
            assertThat(rows)
                    .as("input, weights, bias, result")
                    .filteredOn(r -> r.name().equals("fc") && r.pass().equals("forward"))
                    .extracting(Session.Timing::bytes)
                    .containsExactly(4L * (4 * 24 + 24 * Models.CLASSES + Models.CLASSES + 4 * Models.CLASSES));
            int layers =
                    432 + 2 * 2304 + 432 + 2 * (3 * 16 + 24) + 24 * Models.CLASSES + Models.CLASSES; // what is trained
            assertThat(rows.get(rows.size() - 1).bytes())
                    .as("weights, gradients, velocity, average; as much again and more where blocks pad channels")
                    .isBetween(4L * 4 * layers, 4L * 32 * layers);
            long macs = rows.stream()
                    .filter(r -> r.pass().equals("forward"))
                    .mapToLong(Session.Timing::macs)
                    .sum();
            assertThat(macs)
                    .isEqualTo(io.vertebra.graph.Analysis.of(graph, io.vertebra.graph.op.Shape.of(4, 3, 16, 16))
                            .macs());
        }
        assertSame(before.parameters(), after.parameters());
        assertSame(before.ema().orElseThrow(), after.ema().orElseThrow());
        before.slots()
                .forEach((name, values) -> assertThat(after.slots().get(name)).isEqualTo(values));
    }

    @Test
    void nothingIsDifferentiatedBelowTheLowestTrained() {
        Graph frozen = Models.residual(Conventions.DEFAULT.withFrozenNorm());
        Groups head =
                Groups.of(frozen, p -> p.name().startsWith("fc.") ? new Groups.Group(1, 0, true) : Groups.Group.FROZEN);
        Parameters weights = Models.parameters(frozen);
        TrainingState state = TrainingState.fresh(frozen, weights.copy(), UPDATE, head);
        try (Session session = OneDnnBackend.open(frozen, state, Options.training(Precision.FP32, UPDATE, head, 0))) {
            List<Session.Timing> rows = session.profile(Models.batch(4, 16, 1), 1);
            assertThat(rows)
                    .filteredOn(r ->
                            r.pass().startsWith("backward") && !r.operator().equals("seed"))
                    .extracting(Session.Timing::name)
                    .containsOnly("fc");
            assertThat(rows).extracting(Session.Timing::name).contains("block.conv2+block.bn2+add+relu");
            session.step(Models.batch(4, 16, 1), Scalars.of(0.1, 0));
            session.save(state);
        }
        for (String name : weights.names()) {
            if (name.startsWith("fc.")) {
                assertThat(state.parameters().get(name)).isNotEqualTo(weights.get(name));
            } else {
                assertThat(state.parameters().get(name)).isEqualTo(weights.get(name));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "BF16"})
    void twoRunsGiveTheSameBits(Precision precision) {
        Models.requireServed(precision);
        TrainingState[] states = {fresh(), fresh()};
        for (TrainingState state : states) {
            try (Session session = training(state, precision)) {
                for (int step = 0; step < 3; step++) {
                    session.step(Models.batch(4, 16, step), Scalars.of(0.1, step));
                }
                session.save(state);
            }
        }
        assertSame(states[0].parameters(), states[1].parameters());
    }

    @Test
    void bf16StaysNearSingle() {
        Models.requireServed(Precision.BF16);
        Batch batch = Models.batch(8, 24, 1);
        try (Session single = OneDnnBackend.open(graph, parameters, Options.inference(Precision.FP32));
                Session half = OneDnnBackend.open(graph, parameters, Options.inference(Precision.BF16))) {
            float[] a = logits(single.evaluate(batch));
            float[] b = logits(half.evaluate(batch));
            float largest = 0;
            for (float value : a) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertThat(b).isNotEqualTo(a);
            for (int i = 0; i < a.length; i++) {
                assertThat(b[i]).isCloseTo(a[i], within(0.05f * largest)); // a dozen roundings at 2^-9
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "BF16"})
    void freesEveryBlock(Precision precision) {
        Models.requireServed(precision);
        long before = Block.liveBytes();
        try (Session session = training(fresh(), precision)) {
            session.step(Models.batch(4, 16, 1), new Scalars(0.1, 0, 0, false));
            session.step(Models.batch(4, 24, 1), new Scalars(0.1, 0, 1, true));
            session.evaluate(Models.batch(4, 16, 1));
            assertThat(Block.liveBytes()).isGreaterThan(before);
            Session.Memory memory = session.memory();
            assertThat(memory.total()).isEqualTo(Block.liveBytes() - before);
        }
        assertThat(Block.liveBytes()).isEqualTo(before);
    }
}
