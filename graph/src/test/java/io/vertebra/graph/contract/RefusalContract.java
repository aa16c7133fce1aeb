package io.vertebra.graph.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What is refused, with which exception, and that the session is as good as before afterwards. */
final class RefusalContract {
    private static final TrainingCase ONE = TrainingCases.named("momentum");

    private RefusalContract() {}

    static void refusesBatchesThatDoNotFit(Engine engine, Precision precision) {
        Batch good = ONE.batch(0, 0);
        Tensor image = good.inputs().get("input");
        Tensor labels = good.inputs().get("labels");
        int n = image.shape().n();
        List<Map<String, Tensor>> bad = List.of(
                Map.of(),
                Map.of("input", image),
                Map.of("labels", labels),
                Map.of("input", Tensor.of(new float[n * 4 * 8 * 8], n, 4, 8, 8), "labels", labels),
                Map.of("input", Tensor.of(new float[n * 3 * 8], n, 3, 8), "labels", labels),
                Map.of("input", Tensor.of(new float[0], 0, 3, 8, 8), "labels", Tensor.of(new int[0], 0)),
                Map.of("input", Tensor.of(new int[n * 3 * 64], n, 3, 8, 8), "labels", labels),
                Map.of("input", image, "labels", Tensor.of(new float[n], n)),
                Map.of("input", image, "labels", Tensor.of(new int[n - 1], n - 1)),
                Map.of("input", image, "labels", Tensor.of(new int[n], n, 1)),
                Map.of("input", image, "labels", labelled(n, 5)),
                Map.of("input", image, "labels", labelled(n, -1)));
        try (Session inference = engine.open(ONE.graph(), ONE.parameters(), Options.inference(precision));
                Session gradients = engine.open(ONE.graph(), ONE.parameters(), Options.gradients(precision, true));
                Session training = engine.open(ONE.graph(), ONE.fresh(), ONE.options(precision))) {
            Outputs before = inference.evaluate(good).copy();
            for (Map<String, Tensor> inputs : bad) {
                Batch batch = new Batch(inputs);
                refused(() -> inference.evaluate(batch), GraphException.class);
                refused(() -> training.evaluate(batch), GraphException.class);
                refused(() -> training.step(batch, ONE.scalars(0, 0)), GraphException.class);
                refused(() -> gradients.gradients(batch, Map.of()), GraphException.class);
            }
            SessionContract.assertSameBits(inference.evaluate(good), before);
            SessionContract.assertSameBits(training.evaluate(good), before);
        }
    }

    private static Tensor labelled(int n, int last) {
        int[] labels = new int[n];
        labels[n - 1] = last;
        return Tensor.of(labels, n);
    }

    static void refusesASizeThatIsFixed(Engine engine, Precision precision) {
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.linear("fc", g.flatten(g.conv("conv", g.image(3, 8, 8), Conv.of(3, 4))), 5));
        Graph graph = g.build();
        try (Session session = engine.open(graph, Parameters.zeros(graph), Options.inference(precision))) {
            Batch larger = Batch.of(Tensor.of(new float[3 * 8 * 9], 1, 3, 8, 9));
            refused(() -> session.evaluate(larger), GraphException.class);
        }
    }

    static void refusesAPictureBelowItsKernel(Engine engine, Precision precision) {
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.maxPool(g.image(3, Shape.ANY, Shape.ANY), 4, 2, 0));
        Graph graph = g.build();
        try (Session session = engine.open(graph, Parameters.zeros(graph), Options.inference(precision))) {
            Batch small = Batch.of(Tensor.of(new float[3 * 4 * 3], 1, 3, 4, 3));
            refused(() -> session.evaluate(small), GraphException.class);
        }
    }

    static void refusesGradientsThatDoNotFit(Engine engine, Precision precision) {
        Graph graph = SessionContract.anySize();
        Batch batch = SessionContract.batch(graph, Shape.of(2, 3, 9, 9));
        Options options = Options.gradients(precision, false);
        try (Session session = engine.open(graph, SessionContract.parameters(graph), options)) {
            refused(
                    () -> session.gradients(batch, Map.of("nothing", Tensor.of(new float[10], 2, 5))),
                    GraphException.class);
            refused(
                    () -> session.gradients(batch, Map.of("logits", Tensor.of(new float[10], 5, 2))),
                    GraphException.class);
            assertThat(session.gradients(batch, Map.of("logits", Tensor.of(new float[10], 2, 5)))
                            .names())
                    .contains("grad.fc.weight");
        }
    }

    static void refusesANormOfOneValue(Engine engine, Precision precision) {
        String message =
                "pool.bn: has one value a channel in a training batch, a batch norm needs two; use a larger batch"
                        + " or picture, or norm: frozen";
        Graph graph = pooledNorm(Conventions.DEFAULT);
        Parameters parameters = SessionContract.parameters(graph);
        Groups groups = Groups.all(graph, 0);
        TrainingState state = TrainingState.fresh(graph, parameters, ONE.update(), groups);
        Options options = Options.training(precision, ONE.update(), groups, 0);
        Batch one = SessionContract.batch(graph, Shape.of(1, 3, 5, 4));
        Batch two = SessionContract.batch(graph, Shape.of(2, 3, 5, 4));
        try (Session training = engine.open(graph, state, options);
                Session gradients = engine.open(graph, parameters, Options.gradients(precision, true));
                Session inference = engine.open(graph, parameters, Options.gradients(precision, false))) {
            assertThatThrownBy(() -> training.step(one, ONE.scalars(0, 0)))
                    .isInstanceOf(GraphException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> gradients.gradients(one, Map.of()))
                    .isInstanceOf(GraphException.class)
                    .hasMessage(message);
            Parameters after = Parameters.zeros(graph);
            training.save(after);
            assertThat(TrainingContract.bits(after)).isEqualTo(TrainingContract.bits(parameters));
            // inference takes the running statistics, for which one value is enough
            assertThat(inference.gradients(one, Map.of()).names()).contains("loss");
            assertThat(training.evaluate(one).names()).contains("loss");
            assertThat(training.step(two, ONE.scalars(0, 0)).scalar("loss")).isPositive();
        }
        Graph frozen = pooledNorm(Conventions.DEFAULT.withFrozenNorm());
        try (Session session = engine.open(frozen, parameters, Options.gradients(precision, true))) {
            assertThat(session.gradients(one, Map.of()).scalar("loss")).isPositive();
        }
    }

    /** A norm of a map of one cell, as behind the image pooling of DeepLab. */
    private static Graph pooledNorm(Conventions conventions) {
        GraphBuilder g = new GraphBuilder(conventions);
        Node x = g.batchNorm("bn", g.conv("conv", g.image(3, Shape.ANY, Shape.ANY), Conv.of(3, 8)));
        x = g.conv("pool.conv", g.adaptiveAveragePool(x, Size.of(1)), Conv.of(1, 4));
        Node logits = g.linear("fc", g.flatten(g.batchNorm("pool.bn", x)), 3);
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0, -100)));
        return g.build();
    }

    static void refusesWhatItsModeDoesNotServe(Engine engine, Precision precision) {
        Batch batch = ONE.batch(0, 0);
        try (Session inference = engine.open(ONE.graph(), ONE.parameters(), Options.inference(precision));
                Session gradients = engine.open(ONE.graph(), ONE.parameters(), Options.gradients(precision, true));
                Session training = engine.open(ONE.graph(), ONE.fresh(), ONE.options(precision))) {
            List<ThrowingCallable> calls = List.of(
                    () -> inference.step(batch, ONE.scalars(0, 0)),
                    () -> gradients.step(batch, ONE.scalars(0, 0)),
                    () -> inference.gradients(batch, Map.of()),
                    () -> training.gradients(batch, Map.of()),
                    () -> inference.save(ONE.fresh()),
                    () -> gradients.save(ONE.fresh()),
                    () -> inference.evaluate(batch, Session.Weights.EMA),
                    () -> training.evaluate(batch, Session.Weights.EMA));
            calls.forEach(call -> refused(call, IllegalStateException.class));
        }
    }

    static void refusesToOpenWhatDoesNotFit(Engine engine, Precision precision) {
        Graph graph = SessionContract.anySize();
        Parameters good = SessionContract.parameters(graph);
        Options inference = Options.inference(precision);
        refused(() -> engine.open(graph, ONE.parameters(), inference), GraphException.class);
        GraphBuilder g = new GraphBuilder();
        g.output("logits", g.conv("conv", g.image(3, 8, 8), Conv.of(1, 16)));
        refused(() -> engine.open(g.build(), good, inference), GraphException.class);
        // training needs a loss, and a group for each parameter
        Groups groups = Groups.all(graph, 0);
        Options training = Options.training(precision, ONE.update(), groups, 0);
        TrainingState state = TrainingState.fresh(graph, good, ONE.update(), groups);
        refused(() -> engine.open(graph, state, training), GraphException.class);
        Map<String, Groups.Group> some = new LinkedHashMap<>(ONE.groups().byParameter());
        some.remove("fc.bias");
        Options partial = Options.training(precision, ONE.update(), new Groups(some), 0);
        refused(() -> engine.open(ONE.graph(), ONE.fresh(), partial), GraphException.class);
        assertThatThrownBy(() -> engine.open(ONE.graph(), ONE.fresh(), inference))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a session for inference or gradients is opened from Parameters");
        assertThatThrownBy(() -> engine.open(ONE.graph(), ONE.parameters(), ONE.options(precision)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a session for training is opened from a TrainingState");
    }

    static void refusesOtherPrecisions(Engine engine) {
        for (Precision precision : Precision.values()) {
            if (!engine.precisions().contains(precision)) {
                Graph graph = SessionContract.anySize();
                Parameters parameters = SessionContract.parameters(graph);
                assertThatThrownBy(() -> engine.open(graph, parameters, Options.inference(precision)))
                        .isInstanceOfSatisfying(
                                EngineException.class,
                                e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.UNSUPPORTED))
                        .hasMessageStartingWith(engine.name() + ": precision "
                                + precision.name().toLowerCase(java.util.Locale.ROOT) + " is not served; use ");
                refused(() -> engine.open(ONE.graph(), ONE.fresh(), ONE.options(precision)), EngineException.class);
            }
        }
    }

    static void refusesEverythingOnceClosed(Engine engine, Precision precision) {
        Batch batch = ONE.batch(0, 0);
        Session session = engine.open(ONE.graph(), ONE.fresh(), ONE.options(precision));
        session.step(batch, ONE.scalars(0, 0));
        session.close();
        session.close();
        Session gradients = engine.open(ONE.graph(), ONE.parameters(), Options.gradients(precision, false));
        gradients.close();
        List<ThrowingCallable> calls = List.of(
                () -> session.evaluate(batch),
                () -> session.evaluate(batch, Session.Weights.LIVE),
                () -> session.step(batch, ONE.scalars(1, 0)),
                () -> gradients.gradients(batch, Map.of()),
                () -> session.save(ONE.fresh()),
                () -> session.save(ONE.parameters()),
                session::memory,
                () -> session.profile(batch, 1));
        calls.forEach(call -> refused(call, IllegalStateException.class));
    }

    private static void refused(ThrowingCallable call, Class<? extends Throwable> with) {
        assertThatThrownBy(call).isInstanceOf(with).message().isNotBlank();
    }
}
