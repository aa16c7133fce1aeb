package io.vertebra.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.reference.ReferenceTraining;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class Dl4jSessionTest {
    private static Engine engine;

    @BeforeAll
    static void load() {
        engine = new Dl4jProvider().create();
    }

    @Test
    void refusesBf16AndNamesTheEngineThatServesIt() {
        Graph graph = Networks.classifier();
        assertThatThrownBy(() -> engine.open(graph, Networks.parameters(graph), Options.inference(Precision.BF16)))
                .isInstanceOf(EngineException.class)
                .hasMessage(
                        "dl4j: precision bf16 is not served; use precision fp32 or fp64, or engine onednn for bf16");
    }

    @Test
    void anOutputMayBeAnInputAndHaveTwoNames() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, 4, 4);
        g.output("picture", x);
        g.output("same", x);
        g.output("sum", g.add(x, x));
        Graph graph = g.build();
        Tensor.Floats picture = Networks.picture(2, 4);
        try (Session session = engine.open(graph, Parameters.zeros(graph), Options.gradients(Precision.FP32, false))) {
            Tensor.Floats ones = Networks.filled(picture, 1);
            Outputs outputs = session.gradients(
                    Batch.of(picture),
                    Map.of(
                            "picture",
                            ones,
                            "same",
                            Networks.filled(picture, 10),
                            "sum",
                            Networks.filled(picture, 100)));
            assertThat(outputs.get("picture").data()).isEqualTo(picture.data());
            assertThat(outputs.get("same").data()).isEqualTo(picture.data());
            assertThat(outputs.get("grad.input").data()).containsOnly(1 + 10 + 2 * 100);
            assertThat(ones.data()).as("the caller's array").containsOnly(1);
        }
    }

    @Test
    void aNumberThatIsNoneIsSeen() {
        for (Function function : Function.values()) {
            GraphBuilder g = new GraphBuilder();
            g.output("y", g.activation(function, g.image(1, 1, 2)));
            Graph graph = g.build();
            try (Session session = engine.open(graph, Parameters.zeros(graph), Options.inference(Precision.FP32))) {
                Batch batch = Batch.of(Tensor.of(new float[] {Float.NaN, 9}, 1, 1, 1, 2));
                assertThat(session.evaluate(batch).get("y").data()[0])
                        .as(function.name())
                        .isNaN();
            }
        }
    }

    @Test
    void differentiatesNothingBelowTheLowestTrainedParameter() {
        Graph graph = Networks.classifier();
        Groups groups = Groups.of(
                graph, spec -> spec.name().startsWith("bn2") ? new Groups.Group(1, 0, true) : Groups.Group.FROZEN);
        try (Session session = engine.open(
                graph, Networks.fresh(graph, Networks.training(graph, groups)), Networks.training(graph, groups))) {
            List<Session.Timing> rows = session.profile(Networks.batch(2, 8), 1);
            assertThat(rows.stream()
                            .filter(r -> r.pass().equals("backward data"))
                            .map(Session.Timing::name))
                    .containsExactly(
                            "softmax_cross_entropy",
                            "fc",
                            "dropout",
                            "flatten",
                            "adaptive_average_pool",
                            "relu_1",
                            "add");
            assertThat(rows.stream()
                            .filter(r -> r.pass().equals("backward weights"))
                            .map(Session.Timing::name))
                    .containsExactly("bn2");
        }
    }

    @Test
    void nothingFlowsIntoAMapOfWhichOnlyTheSizeIsRead() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, 6, 6);
        Node small = g.conv("small", x, Conv.of(3, Networks.CLASSES).stride(2));
        Node like = g.conv("like", x, Conv.of(3, 2));
        Node large = g.resize(small, like, Resize.Filter.BILINEAR, false);
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        Node logits = g.flatten(g.globalAveragePool(large));
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0, -1)));
        Graph graph = g.build();
        Groups groups = Groups.of(
                graph, spec -> spec.name().startsWith("like") ? new Groups.Group(1, 0, true) : Groups.Group.FROZEN);
        try (Session session = engine.open(
                graph, Networks.fresh(graph, Networks.training(graph, groups)), Networks.training(graph, groups))) {
            assertThat(session.profile(Networks.batch(2, 6), 1))
                    .filteredOn(row -> row.pass().startsWith("backward"))
                    .isEmpty();
        }
    }

    @Test
    void frozenNormsPassGradientsOn() {
        GraphBuilder g = new GraphBuilder(Conventions.DEFAULT.withFrozenNorm());
        Node x = g.batchNorm("bn", g.conv("conv", g.image(3, 6, 6), Conv.of(3, 4)));
        Node logits = g.linear("fc", g.globalAveragePool(g.activation(Function.TANH, x)), Networks.CLASSES);
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0, -1)));
        Graph graph = g.build();
        Groups groups = Groups.of(
                graph, spec -> spec.name().startsWith("bn") ? Groups.Group.FROZEN : new Groups.Group(1, 0, true));
        Options options = Networks.training(graph, groups);
        Parameters parameters = Networks.parameters(graph);
        Arrays.fill(parameters.get("bn.running_var"), 0.3f);
        Arrays.fill(parameters.get("bn.weight"), -1.5f);
        TrainingState state = TrainingState.fresh(graph, parameters, options.update(), groups);
        ReferenceTraining reference = new ReferenceTraining(graph, state, options.update(), groups, options.seed());
        Batch batch = Networks.batch(3, 6);
        try (Session session = engine.open(graph, state, options)) {
            session.step(batch, Scalars.of(1, 0));
            session.save(state);
        }
        reference.step(batch, Scalars.of(1, 0));
        float[] weight = state.parameters().get("conv.weight");
        double[] expected = reference.parameters().get("conv.weight");
        for (int i = 0; i < weight.length; i++) {
            assertThat((double) weight[i]).isCloseTo(expected[i], within(1e-6));
        }
        assertThat(weight).isNotEqualTo(Networks.parameters(graph).get("conv.weight"));
        assertThat(state.parameters().get("bn.running_var")).containsOnly(0.3f);
    }

    @Test
    void refusesAStateOfAnotherOptimizer() {
        Graph graph = Networks.classifier();
        Groups groups = Groups.all(graph, 0);
        Update plain = Update.of(new Optimizer.Sgd(0, false));
        TrainingState state = TrainingState.fresh(graph, Networks.parameters(graph), plain, groups);
        assertThatThrownBy(() -> engine.open(graph, state, Networks.training(graph)))
                .isInstanceOf(GraphException.class)
                .hasMessage("momentum.conv1.weight: is not kept by this optimizer");
    }

    @Test
    void profilesEveryVertexAndChangesNothing() {
        Graph graph = Networks.classifier();
        Batch batch = Networks.batch(2, 8);
        TrainingState before = TrainingState.fresh(
                graph, Networks.parameters(graph), Networks.training(graph).update(), Groups.all(graph, 1e-4));
        TrainingState after = TrainingState.fresh(
                graph, Parameters.zeros(graph), Networks.training(graph).update(), Groups.all(graph, 1e-4));
        try (Session session = engine.open(graph, before, Networks.training(graph))) {
            session.step(batch, Scalars.of(0.1, 0));
            session.save(before);
            List<Session.Timing> rows = session.profile(batch, 3);
            session.save(after);
            assertThat(rows).contains(row(rows, "conv2", "forward"));
            assertThat(row(rows, "conv2", "forward").implementation()).isEqualTo("im2col + matmul");
            assertThat(row(rows, "conv2", "backward weights").implementation()).isEqualTo("im2col + matmul");
            assertThat(row(rows, "conv2", "backward data").implementation()).isEqualTo("matmul + col2im");
            assertThat(row(rows, "conv2", "backward data").macs()).isEqualTo(2 * 8 * 8 * 8 * 8 * 9);
            assertThat(row(rows, "fc", "forward").operator()).isEqualTo("linear");
            assertThat(row(rows, "relu", "backward data").implementation()).isEqualTo("relu_bp");
            assertThat(row(rows, "weights", "update").implementation()).isEqualTo("loop in Java");
            assertThat(rows.stream().filter(r -> r.pass().equals("forward")))
                    .hasSize(graph.nodes().size() - graph.inputs().size());
            assertThat(rows).allSatisfy(r -> assertThat(r.milliseconds()).isPositive());
        }
        for (String name : before.parameters().names()) {
            assertThat(after.parameters().get(name))
                    .isEqualTo(before.parameters().get(name));
            assertThat(after.ema().orElseThrow().get(name))
                    .isEqualTo(before.ema().orElseThrow().get(name));
        }
        before.slots()
                .forEach((name, values) -> assertThat(after.slots().get(name)).isEqualTo(values));
    }

    private static Session.Timing row(List<Session.Timing> rows, String name, String pass) {
        return rows.stream()
                .filter(r -> r.name().equals(name) && r.pass().equals(pass))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aLossOfNothingIsZeroWithoutASign() {
        GraphBuilder g = new GraphBuilder();
        Node logits = g.flatten(g.image(2, 1, 1));
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0, -1)));
        Graph graph = g.build();
        try (Session session = engine.open(graph, Parameters.zeros(graph), Options.inference(Precision.FP32))) {
            Batch certain = Batch.of(Tensor.of(new float[] {500, -500}, 1, 2, 1, 1), Tensor.of(new int[] {0}, 1));
            assertThat(Float.floatToRawIntBits(session.evaluate(certain).scalar("loss")))
                    .isZero();
            Batch wrong = Batch.of(Tensor.of(new float[] {500, -500}, 1, 2, 1, 1), Tensor.of(new int[] {1}, 1));
            assertThat(session.evaluate(wrong).scalar("loss")).isEqualTo(1000);
        }
    }

    @Test
    void saysWhatAShapeOfAGradientIs() {
        Graph graph = Networks.smoothResNet(1);
        try (Session session =
                engine.open(graph, Networks.parameters(graph), Options.gradients(Precision.FP32, false))) {
            Tensor.Floats wrong = Networks.normal(10, 2);
            assertThatThrownBy(() -> session.gradients(Batch.of(Networks.picture(2, 16)), Map.of("logits", wrong)))
                    .hasMessage("logits: has the shape (2, 10), its gradient (10, 2)");
        }
    }
}
