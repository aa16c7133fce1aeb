package io.vertebra.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Nodes that use the parameters of another one. */
class SharedParametersTest {
    private static final Map<String, Tensor.Floats> NOTHING = Map.of();
    private static Engine engine;

    @BeforeAll
    static void load() {
        engine = new Dl4jProvider().create();
    }

    /** A convolution and norm over a map, then over one of half its side; each a score with its loss. */
    private static Graph twice(boolean shared) {
        GraphBuilder g = new GraphBuilder();
        Node fine = g.relu(g.relu(g.image(3, 8, 8))); // behind more nodes than the second use
        Node coarse = g.input("coarse", DataType.F32, Shape.of(Shape.ANY, 3, 4, 4));
        Node conv = g.conv("conv", fine, Conv.of(3, 4).withBias());
        Node norm = g.batchNorm("norm", conv);
        Node fc = g.linear("fc", g.globalAveragePool(norm), Networks.CLASSES);
        Node other;
        if (shared) {
            Node again = g.again(norm, g.again(conv, coarse));
            other = g.again(fc, g.globalAveragePool(again));
        } else {
            GraphBuilder second = g.in("second");
            Node again = second.batchNorm(
                    "norm", second.conv("conv", coarse, Conv.of(3, 4).withBias()));
            other = second.linear("fc", g.globalAveragePool(again), Networks.CLASSES);
        }
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(0.1, SoftmaxCrossEntropy.IGNORE);
        Node first = g.softmaxCrossEntropy(fc, labels, loss);
        Node last = g.softmaxCrossEntropy(other, labels, loss);
        g.output("fine", fc);
        g.output("coarse", other);
        g.output("loss", g.add(first, last));
        return g.build();
    }

    private static Batch batch() {
        Map<String, Tensor> inputs = new HashMap<>(Networks.batch(3, 8).inputs());
        inputs.put("coarse", Networks.normal(3, 3, 4, 4));
        return new Batch(inputs);
    }

    /** The parameters of the graph that shares, twice. */
    private static Parameters doubled(Parameters once, Graph apart) {
        Parameters parameters = Parameters.zeros(apart);
        for (String name : parameters.names()) {
            float[] values = once.get(name.replace("second.", ""));
            System.arraycopy(values, 0, parameters.get(name), 0, values.length);
        }
        return parameters;
    }

    private static Outputs gradients(Graph graph, Parameters parameters, Map<String, Tensor.Floats> of) {
        try (Session session = engine.open(graph, parameters, Options.gradients(Precision.FP64, true))) {
            session.gradients(batch(), Map.of("loss", Tensor.of(new float[] {7}))); // leaves what is forgotten
            return session.gradients(batch(), of);
        }
    }

    @Test
    void theGradientIsTheSumOverThem() {
        Graph graph = twice(true);
        Graph apart = twice(false);
        Parameters parameters = Networks.parameters(graph);
        Map<String, Tensor.Floats> of = Map.of("loss", Tensor.of(new float[] {1}));
        Outputs sums = gradients(graph, parameters, of);
        Outputs parts = gradients(apart, doubled(parameters, apart), of);
        assertThat(sums.get("coarse").data()).isEqualTo(parts.get("coarse").data());
        for (String name : new String[] {"conv.weight", "norm.weight", "norm.bias", "fc.weight", "fc.bias"}) {
            float[] sum = sums.get("grad." + name).data();
            float[] first = parts.get("grad." + name).data();
            float[] second = parts.get("grad.second." + name).data();
            for (int i = 0; i < sum.length; i++) {
                assertThat(sum[i]).as(name).isCloseTo(first[i] + second[i], within(1e-6f));
                assertThat(second[i]).as(name).isNotZero();
            }
        }
    }

    @Test
    void aUseThatLeadsNowhereAddsNothing() {
        Graph graph = twice(true);
        Graph apart = twice(false);
        Parameters parameters = Networks.parameters(graph);
        for (String output : new String[] {"fine", "coarse"}) {
            Map<String, Tensor.Floats> of = Map.of(output, Networks.normal(3, Networks.CLASSES));
            String scope = output.equals("fine") ? "" : "second.";
            float[] expected = gradients(apart, doubled(parameters, apart), of)
                    .get("grad." + scope + "conv.weight")
                    .data();
            assertThat(gradients(graph, parameters, of).get("grad.conv.weight").data())
                    .isEqualTo(expected)
                    .isNotEqualTo(new float[expected.length]);
        }
    }

    @Test
    void withoutAnyUseTheGradientIsZero() {
        Graph graph = twice(true);
        Outputs outputs = gradients(graph, Networks.parameters(graph), NOTHING);
        for (String name : new String[] {"conv.weight", "conv.bias", "fc.weight"}) {
            assertThat(outputs.get("grad." + name).data()).containsOnly(0);
        }
    }

    @Test
    void statisticsMoveOnceForEachUseInTheOrderOfTheNodes() {
        Graph graph = twice(true);
        Graph apart = twice(false);
        Parameters parameters = Networks.parameters(graph);
        Parameters doubled = doubled(parameters, apart);
        step(apart, doubled);
        float[] before = parameters.get("norm.running_mean").clone();
        step(graph, parameters);
        float momentum = 0.1f;
        for (int i = 0; i < before.length; i++) {
            float first = doubled.get("norm.running_mean")[i];
            float ofSecond = doubled.get("second.norm.running_mean")[i] - (1 - momentum) * before[i];
            assertThat(parameters.get("norm.running_mean")[i])
                    .isCloseTo((1 - momentum) * first + ofSecond, within(1e-6f));
        }
    }

    /** Moves the parameters by a step, without any change of what is trained. */
    private static void step(Graph graph, Parameters parameters) {
        Options options = options(graph, 0);
        TrainingState state = TrainingState.fresh(graph, parameters, options.update(), options.groups());
        try (Session session = engine.open(graph, state, options)) {
            session.step(batch(), Scalars.of(0, 0));
            session.save(parameters);
        }
    }

    private static Options options(Graph graph, double average) {
        Update update = new Update(new Optimizer.Sgd(0, false), 0, average);
        return Options.training(Precision.FP32, update, Groups.all(graph, 0), 3);
    }

    @Test
    void allOfThemTakeTheAverage() {
        Graph graph = twice(true);
        Parameters zeros = Parameters.zeros(graph);
        Options options = options(graph, 0.5);
        TrainingState state = TrainingState.fresh(graph, zeros, options.update(), options.groups());
        try (Session session = engine.open(graph, state, options)) {
            session.step(batch(), Scalars.of(1, 0));
            session.save(state);
            float[] weights = state.parameters().get("fc.bias");
            float[] averages = state.ema().orElseThrow().get("fc.bias");
            Outputs outputs = session.evaluate(batch(), Session.Weights.EMA);
            for (String output : new String[] {"fine", "coarse"}) {
                // all else is zero
                float[] first = Arrays.copyOf(outputs.get(output).data(), Networks.CLASSES);
                assertThat(first).as(output).isEqualTo(averages).isNotEqualTo(weights);
            }
        }
    }

    @Test
    void theirGradientsAreGivenBack() {
        Graph graph = twice(true);
        try (Arena arena = new Arena();
                INDArray weights = Flat.of(graph.parameters()).allocate(org.nd4j.linalg.api.buffer.DataType.FLOAT)) {
            var wanted = Differentiated.of(graph, Options.gradients(Precision.FP32, true));
            OperatorGraph network =
                    OperatorGraph.of(graph, org.nd4j.linalg.api.buffer.DataType.FLOAT, arena, weights, wanted::get);
            assertThat(network.numParams()).isEqualTo(weights.length());
            assertThat(network.getVertex("conv_1")
                            .paramTable(false)
                            .get("weight")
                            .data()
                            .address())
                    .isEqualTo(network.getVertex("conv")
                            .paramTable(false)
                            .get("weight")
                            .data()
                            .address());
            Feed feed = new Feed(graph, org.nd4j.linalg.api.buffer.DataType.FLOAT, arena);
            network.forward(graph, Pass.gradients(true, 0), feed.arrays(batch()));
            INDArray one = arena.take(org.nd4j.linalg.api.buffer.DataType.FLOAT).assign(1);
            network.backward(new INDArray[] {null, null, one});
            // the gradient of the picture
            assertThat(arena.inUse()).isEqualTo(1);
            network.close();
        }
    }
}
