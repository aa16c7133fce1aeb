package io.vertebra.graph.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Analysis;
import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.reference.DoubleTensor;
import io.vertebra.graph.reference.Form;
import io.vertebra.graph.reference.ReferenceInterpreter;
import io.vertebra.graph.reference.ReferenceTraining;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** What a session keeps: plans of many shapes, weights of its own, outputs until the next pass. */
final class SessionContract {
    private SessionContract() {}

    /** A network for pictures of every size. */
    static Graph anySize() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.activation(Function.SILU, g.batchNorm("bn", g.conv("conv", g.image(3, -1, -1), Conv.of(3, 16))));
        x = g.activation(
                Function.TANH, g.conv("next", x, Conv.of(3, 8).stride(2).withBias()));
        g.output("map", x);
        g.output("logits", g.linear("fc", g.globalAveragePool(x), 5));
        return g.build();
    }

    static Parameters parameters(Graph graph) {
        return Fill.parameters(graph, Precision.FP32, new SplittableRandom(5));
    }

    static Batch batch(Graph graph, Shape image) {
        return Fill.batch(graph, image, Precision.FP32, new SplittableRandom(image.hashCode()));
    }

    /** More than the eight plans that a session keeps. */
    private static List<Shape> shapes() {
        List<Shape> shapes = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            shapes.add(Shape.of(1 + i % 3, 3, 6 + i, 5 + i * 2 % 7));
        }
        return shapes;
    }

    static void servesManyShapes(Engine engine, Precision precision) {
        Graph graph = anySize();
        try (Session session = engine.open(graph, parameters(graph), Options.inference(precision))) {
            List<Outputs> first = new ArrayList<>();
            for (Shape shape : shapes()) {
                Outputs outputs = session.evaluate(batch(graph, shape));
                compare(precision, outputs, reference(graph, shape));
                first.add(outputs.copy());
            }
            for (int i = 0; i < shapes().size(); i++) {
                assertSameBits(session.evaluate(batch(graph, shapes().get(i))), first.get(i));
            }
        }
    }

    private static Map<String, DoubleTensor> reference(Graph graph, Shape shape) {
        return ReferenceInterpreter.of(graph, parameters(graph))
                .forward(batch(graph, shape), Form.INFERENCE)
                .outputs();
    }

    private static void compare(Precision precision, Outputs actual, Map<String, DoubleTensor> expected) {
        double tolerance = Tolerance.isCoarse(precision) ? 2e-2 : 2e-5;
        expected.forEach((name, tensor) -> {
            assertThat(actual.get(name).shape()).isEqualTo(tensor.shape());
            double allowed = tolerance * Agreement.largest(tensor.data());
            Agreement.largest(name, actual.get(name).data(), tensor.data(), allowed);
        });
    }

    static void trainsOverManyShapes(Engine engine, Precision precision) {
        TrainingCase one = TrainingCases.named("momentum");
        TrainingState state = one.fresh();
        ReferenceTraining reference = new ReferenceTraining(
                one.graph(),
                one.fresh(),
                one.update(),
                one.groups(),
                one.options(precision).seed());
        try (Session session = engine.open(one.graph(), state, one.options(precision))) {
            for (int step = 0; step < 20; step++) {
                Shape size = shapes().get(step % shapes().size());
                Batch batch = batch(one.graph(), size.with(0, size.n() + 2));
                Scalars scalars = Scalars.of(0.01, step);
                compare(
                        precision,
                        session.step(batch, scalars),
                        reference.step(batch, scalars).outputs());
            }
        }
    }

    static void sameInputsGiveSameBits(Engine engine, Precision precision) {
        Graph graph = anySize();
        Batch batch = batch(graph, Shape.of(2, 3, 17, 13));
        Options options = Options.inference(precision);
        try (Session one = engine.open(graph, parameters(graph), options);
                Session other = engine.open(graph, parameters(graph), options)) {
            Outputs first = one.evaluate(batch).copy();
            assertSameBits(one.evaluate(batch), first);
            assertSameBits(other.evaluate(batch), first);
        }
    }

    static void outputsLastUntilTheNextPass(Engine engine, Precision precision) {
        Graph graph = anySize();
        Batch batch = batch(graph, Shape.of(2, 3, 9, 9));
        Options options = Options.inference(precision);
        try (Session one = engine.open(graph, parameters(graph), options);
                Session other = engine.open(graph, parameters(graph), options)) {
            Outputs outputs = one.evaluate(batch);
            Outputs kept = outputs.copy();
            other.evaluate(batch(graph, Shape.of(2, 3, 11, 10)));
            one.save(Parameters.zeros(graph));
            one.memory();
            assertSameBits(outputs, kept);
            Outputs next = one.evaluate(batch(graph, Shape.of(2, 3, 8, 7)));
            assertThat(kept.get("logits").data())
                    .isNotEqualTo(next.get("logits").data());
        }
    }

    static void answersSomeOutputs(Engine engine, Precision precision) {
        TrainingCase one = TrainingCases.named("momentum");
        Batch whole = one.batch(0, 0);
        Batch pictures = Batch.of((Tensor.Floats) whole.inputs().get("input"));
        Set<String> logits = Set.of("logits");
        try (Session training = engine.open(one.graph(), one.fresh(), one.options(precision));
                Session inference = engine.open(one.graph(), one.parameters(), Options.inference(precision))) {
            for (Session session : List.of(training, inference)) {
                Outputs all = session.evaluate(whole).copy();
                Outputs some = session.evaluate(pictures, Session.Weights.LIVE, logits);
                assertThat(some.names()).containsExactly("logits");
                assertThat(some.get("logits").data())
                        .isEqualTo(all.get("logits").data());
                Outputs same = session.evaluate(whole, Session.Weights.LIVE, logits);
                assertThat(same.get("logits").data())
                        .isEqualTo(all.get("logits").data());
                assertSameBits(session.evaluate(whole, Session.Weights.LIVE, all.names()), all);
                assertThatThrownBy(() -> session.evaluate(pictures, Session.Weights.LIVE, Set.of("loss")))
                        .isInstanceOf(GraphException.class)
                        .hasMessageContaining("labels");
                assertThatThrownBy(() -> session.evaluate(whole, Session.Weights.LIVE, Set.of("nothing")))
                        .isInstanceOf(GraphException.class)
                        .hasMessageContaining("nothing");
            }
        }
    }

    static void copiesTheParameters(Engine engine, Precision precision) {
        Graph graph = anySize();
        Batch batch = batch(graph, Shape.of(2, 3, 9, 9));
        Parameters mine = parameters(graph);
        try (Session session = engine.open(graph, mine, Options.inference(precision))) {
            Outputs before = session.evaluate(batch).copy();
            mine.names().forEach(name -> Arrays.fill(mine.get(name), 7));
            assertSameBits(session.evaluate(batch), before);
            assertSameBits(session.evaluate(batch(graph, Shape.of(2, 3, 9, 9))), before);
            Parameters saved = Parameters.zeros(graph);
            session.save(saved);
            assertThat(TrainingContract.bits(saved)).isEqualTo(TrainingContract.bits(parameters(graph)));
        }
    }

    static void copiesTheState(Engine engine, Precision precision) {
        TrainingCase one = TrainingCases.named("adamw, clipped, 2 batches, moving average");
        TrainingState state = one.fresh();
        try (Session session = engine.open(one.graph(), state, one.options(precision))) {
            state.parameters()
                    .names()
                    .forEach(name -> Arrays.fill(state.parameters().get(name), 7));
            state.slots().values().forEach(values -> Arrays.fill(values, 7));
            Parameters average = state.ema().orElseThrow();
            average.names().forEach(name -> Arrays.fill(average.get(name), 7));
            session.save(state);
        }
        assertThat(TrainingContract.bits(state)).isEqualTo(TrainingContract.bits(one.fresh()));
    }

    static void leavesOutputsWithoutGradientAtZero(Engine engine, Precision precision) {
        Graph graph = anySize();
        Batch batch = batch(graph, Shape.of(2, 3, 9, 9));
        try (Session session = engine.open(graph, parameters(graph), Options.gradients(precision, false))) {
            Outputs none = session.gradients(batch, Map.of());
            for (String name : none.names()) {
                if (name.startsWith("grad.")) {
                    assertThat(none.get(name).data()).as(name).containsOnly(0);
                }
            }
            var logits = Fill.normal(Shape.of(2, 5), precision, new SplittableRandom(4));
            var expected = ReferenceInterpreter.of(graph, parameters(graph))
                    .forward(batch, Form.INFERENCE)
                    .backwardOf(Map.of("logits", logits));
            Outputs some = session.gradients(batch, Map.of("logits", logits));
            double[] wanted = expected.value(graph.node("input")).data();
            double tolerance = Tolerance.isCoarse(precision) ? 4e-2 : 2e-5;
            Agreement.length("input", some.get("grad.input").data(), wanted, tolerance * Agreement.length(wanted));
        }
    }

    static void bf16IsNotFp32(Engine engine) {
        Graph graph = anySize();
        Batch batch = batch(graph, Shape.of(2, 3, 9, 9));
        try (Session half = engine.open(graph, parameters(graph), Options.inference(Precision.BF16));
                Session full = engine.open(graph, parameters(graph), Options.inference(Precision.FP32))) {
            float[] expected = full.evaluate(batch).get("map").data();
            float[] actual = half.evaluate(batch).get("map").data();
            double difference = 0;
            for (int i = 0; i < expected.length; i++) {
                difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
            }
            assertThat(difference).isBetween(1e-5, 5e-2);
        }
    }

    static void profilesItsPasses(Engine engine, Precision precision) {
        Graph graph = anySize();
        Batch batch = batch(graph, Shape.of(2, 3, 9, 9));
        try (Session session = engine.open(graph, parameters(graph), Options.inference(precision))) {
            List<Session.Timing> rows = session.profile(batch, 3);
            long macs = rows.stream().mapToLong(Session.Timing::macs).sum();
            assertThat(macs).isEqualTo(Analysis.of(graph, batch.shapes()).macs());
            assertThat(rows).allSatisfy(row -> {
                assertThat(row.milliseconds()).isNotNegative();
                assertThat(row.name()).isNotBlank();
                assertThat(row.implementation()).isNotBlank();
            });
            assertThat(rows).anyMatch(row -> row.name().contains("conv"));
        }
    }

    static void tellsItsMemory(Engine engine, Precision precision) {
        TrainingCase one = TrainingCases.named("momentum");
        try (Session inference = engine.open(one.graph(), one.parameters(), Options.inference(precision));
                Session training = engine.open(one.graph(), one.fresh(), one.options(precision))) {
            inference.evaluate(one.batch(0, 0));
            training.step(one.batch(0, 0), one.scalars(0, 0));
            long least = one.graph().parameterCount() * (precision == Precision.BF16 ? 2 : 4);
            assertThat(inference.memory().weights()).isGreaterThanOrEqualTo(least);
            assertThat(inference.memory().training()).isZero();
            Session.Memory memory = training.memory();
            assertThat(memory.training()).isGreaterThanOrEqualTo(one.graph().parameterCount() * 4);
            assertThat(memory.activations()).isNotNegative();
            assertThat(memory.scratch()).isNotNegative();
            assertThat(memory.total())
                    .isEqualTo(memory.weights() + memory.training() + memory.activations() + memory.scratch());
        }
    }

    static void assertSameBits(Outputs actual, Outputs expected) {
        assertThat(actual.names()).isEqualTo(expected.names());
        for (String name : expected.names()) {
            assertThat(actual.get(name).data())
                    .as(name)
                    .isEqualTo(expected.get(name).data());
        }
    }
}
