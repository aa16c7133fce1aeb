package io.vertebra.graph.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** Pictures that come as bytes: the same bits as from the elements that they stand for. */
final class BytesContract {
    private static final TrainingCase ONE = TrainingCases.named("adamw, clipped, 2 batches, moving average");

    private BytesContract() {}

    private static Tensor.Bytes pictures(Shape shape) {
        SplittableRandom random = new SplittableRandom(shape.hashCode());
        byte[] data = new byte[(int) shape.elements()];
        random.nextBytes(data);
        float[] values = new float[Tensor.Bytes.LEVELS * shape.c()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return new Tensor.Bytes(shape, data, values);
    }

    /** The batch with its pictures as bytes. */
    private static Batch asBytes(Batch batch) {
        Map<String, Tensor> inputs = new LinkedHashMap<>(batch.inputs());
        inputs.computeIfPresent("input", (name, tensor) -> pictures(tensor.shape()));
        return new Batch(inputs);
    }

    /** The first operator shows each element; shapes of few and many channels, cells and odd numbers. */
    static void evaluatesAsTheElements(Engine engine, Precision precision) {
        for (int channels : new int[] {1, 3, 5, 33}) {
            GraphBuilder g = new GraphBuilder();
            Node x = g.image(channels, Shape.ANY, Shape.ANY);
            g.output("y", g.activation(Function.RELU, x));
            g.output("pooled", g.globalAveragePool(g.conv("conv", x, Conv.of(1, 3))));
            Graph graph = g.build();
            Options options = Options.inference(precision);
            try (Session session = engine.open(graph, SessionContract.parameters(graph), options)) {
                for (int[] form : new int[][] {{1, 1, 1}, {2, 3, 5}, {3, 1, 7}, {2, 3, 5}, {1, 40, 9}}) {
                    Batch batch = Batch.of(pictures(Shape.of(form[0], channels, form[1], form[2])));
                    Outputs expected = session.evaluate(batch.decoded()).copy();
                    SessionContract.assertSameBits(session.evaluate(batch), expected);
                    session.prefetch(batch);
                    SessionContract.assertSameBits(session.evaluate(batch), expected);
                    SessionContract.assertSameBits(session.evaluate(batch.decoded()), expected);
                }
            }
        }
    }

    static void trainsAsWithTheElements(Engine engine, Precision precision) {
        TrainingState elements = ONE.fresh();
        List<Outputs> expected = train(engine, precision, elements, false);
        TrainingState bytes = ONE.fresh();
        List<Outputs> actual = train(engine, precision, bytes, true);
        for (int i = 0; i < expected.size(); i++) {
            SessionContract.assertSameBits(actual.get(i), expected.get(i));
        }
        assertThat(TrainingContract.bits(bytes)).isEqualTo(TrainingContract.bits(elements));
    }

    private static List<Outputs> train(Engine engine, Precision precision, TrainingState state, boolean asBytes) {
        List<Outputs> outputs = new ArrayList<>();
        try (Session session = engine.open(ONE.graph(), state, ONE.options(precision))) {
            for (int i = 0; i < 6; i++) {
                Batch bytes = asBytes(ONE.batch(i, 0));
                Batch batch = asBytes && i != 4 ? bytes : bytes.decoded(); // not even that one is told apart
                if (i > 2) {
                    session.prefetch(batch);
                }
                outputs.add(session.step(batch, ONE.scalars(i / 2, i % 2)).copy());
            }
            Batch last = asBytes(ONE.batch(7, 0));
            outputs.add(session.evaluate(asBytes ? last : last.decoded(), Session.Weights.EMA)
                    .copy());
            assertThat(session.profile(last, 1)).isNotEmpty();
            session.save(state);
        }
        return outputs;
    }

    static void givesTheGradientsOfTheElements(Engine engine, Precision precision) {
        Graph graph = SessionContract.anySize();
        Batch batch = Batch.of(pictures(Shape.of(2, 3, 9, 8)));
        Tensor.Floats ofLogits = Fill.normal(Shape.of(2, 5), precision, new SplittableRandom(4));
        Options options = Options.gradients(precision, true);
        try (Session session = engine.open(graph, SessionContract.parameters(graph), options)) {
            Outputs expected = session.gradients(batch.decoded(), Map.of("logits", ofLogits))
                    .copy();
            assertThat(expected.get("grad.input").data()).isNotEmpty();
            SessionContract.assertSameBits(session.gradients(batch, Map.of("logits", ofLogits)), expected);
        }
    }

    static void refusesBytesThatDoNotFit(Engine engine, Precision precision) {
        Batch good = asBytes(ONE.batch(0, 0));
        int n = good.inputs().get("input").shape().n();
        Tensor labels = good.inputs().get("labels");
        List<Map<String, Tensor>> bad = List.of(
                Map.of("input", pictures(Shape.of(n, 4, 8, 8)), "labels", labels),
                Map.of("input", pictures(Shape.of(n + 1, 3, 8, 8)), "labels", labels),
                Map.of("input", pictures(Shape.of(0, 3, 8, 8)), "labels", labels),
                Map.of("input", good.inputs().get("input"), "labels", pictures(Shape.of(n, 1, 1, 1))));
        try (Session session = engine.open(ONE.graph(), ONE.fresh(), ONE.options(precision))) {
            Outputs before = session.evaluate(good).copy();
            for (Map<String, Tensor> inputs : bad) {
                Batch batch = new Batch(inputs);
                session.prefetch(batch);
                assertThatThrownBy(() -> session.step(batch, ONE.scalars(0, 0))).isInstanceOf(GraphException.class);
                assertThatThrownBy(() -> session.evaluate(batch)).isInstanceOf(GraphException.class);
            }
            SessionContract.assertSameBits(session.evaluate(good), before);
            assertThat(session.evaluate(good, Session.Weights.LIVE, Set.of("logits"))
                            .get("logits")
                            .data())
                    .isEqualTo(before.get("logits").data());
        }
    }
}
