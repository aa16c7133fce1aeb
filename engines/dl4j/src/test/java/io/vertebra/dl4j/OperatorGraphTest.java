package io.vertebra.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import java.nio.file.Path;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.CrashReportingUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The engine's network is one of DL4J's, and DL4J's own methods work on it. */
class OperatorGraphTest {
    private final Graph graph = Networks.classifier();
    private final Batch batch = Networks.batch(3, 9);
    private final Arena arena = new Arena();
    private Flat flat;
    private INDArray weights;
    private OperatorGraph network;

    @BeforeEach
    void open() {
        Nd4jLibrary.load();
        weights = Flat.of(graph.parameters()).allocate(DataType.FLOAT);
        var wanted = Differentiated.of(graph, Options.gradients(Precision.FP32, false));
        network = OperatorGraph.of(graph, DataType.FLOAT, arena, weights, wanted::get);
        flat = Flat.of(graph.parameters());
        flat.put(weights, Networks.parameters(graph));
    }

    @AfterEach
    void close() {
        network.close();
        weights.close();
        arena.close();
    }

    @Test
    void everyNodeIsAVertex() {
        ComputationGraph plain = network;
        for (Node node : graph.nodes()) {
            assertThat(plain.getVertex(node.name()))
                    .isInstanceOfSatisfying(
                            OperatorVertex.class, v -> assertThat(v.node()).isSameAs(node));
        }
        assertThat(plain.getVertices())
                .hasSize(graph.nodes().size() + graph.inputs().size());
        assertThat(plain.getNumLayers()).isZero();
        assertThat(plain.getConfiguration().getNetworkOutputs())
                .containsExactly("relu", "relu_1", "fc", "softmax_cross_entropy");
    }

    @Test
    void itsParametersAreViewsOfOneArray() {
        long all =
                graph.parameters().stream().mapToLong(p -> p.shape().elements()).sum();
        assertThat(network.numParams()).isEqualTo(all);
        Parameters parameters = Networks.parameters(graph);
        network.operators()
                .forEach(vertex -> vertex.paramTable(false).forEach((name, view) -> {
                    String full = vertex.node().name() + "." + name;
                    assertThat(view.dup().data().asFloat()).as(full).isEqualTo(parameters.get(full));
                    assertThat(view.shape())
                            .isEqualTo(Frame.extents(parameters.spec(full).shape()));
                }));
    }

    @Test
    void itsOwnOutputMethodGivesWhatASessionGives() {
        Feed feed = new Feed(graph, DataType.FLOAT, arena);
        INDArray[] outputs = network.output(feed.arrays(batch));
        try (Session session = new Dl4jProvider()
                .create()
                .open(graph, Networks.parameters(graph), Options.inference(Precision.FP32))) {
            Outputs expected = session.evaluate(batch);
            int i = 0;
            for (String name : expected.names()) {
                assertThat(outputs[i++].dup().data().asFloat())
                        .isEqualTo(expected.get(name).data());
            }
            assertThat(i).isEqualTo(outputs.length);
        }
    }

    @Test
    void itsOwnBackwardMethodGivesWhatASessionGives() {
        Feed feed = new Feed(graph, DataType.FLOAT, arena);
        network.forward(graph, Pass.gradients(false, 0), feed.arrays(batch));
        INDArray one = arena.take(DataType.FLOAT).assign(1);
        INDArray gradient = network.backpropGradient(null, null, null, one).gradient();
        try (Session session = new Dl4jProvider()
                .create()
                .open(graph, Networks.parameters(graph), Options.gradients(Precision.FP32, false))) {
            Outputs expected = session.gradients(batch, Map.of("loss", Tensor.of(new float[] {1})));
            for (Flat.Slice slice : flat.slices()) {
                if (slice.spec().isTrainable()) {
                    assertThat(flat.get(gradient, slice))
                            .isEqualTo(
                                    expected.get("grad." + slice.spec().name()).data());
                }
            }
        }
    }

    @Test
    void itsConfigurationCanBeCopied() {
        var copy = network.getConfiguration().clone().getVertices();
        assertThat(copy).isEqualTo(network.getConfiguration().getVertices());
        assertThat(copy.get("fc")).isNotEqualTo(copy.get("conv1"));
        assertThat(copy.get("fc").numParams(true)).isEqualTo(8 * Networks.CLASSES + Networks.CLASSES);
        assertThat(network.getVertex("relu")).hasToString("relu (?, 8, ?, ?) Activation[function=RELU]");
    }

    @Test
    void dl4jWritesNoCrashFiles(@TempDir Path folder) {
        CrashReportingUtil.crashDumpOutputDirectory(folder.toFile());
        try {
            CrashReportingUtil.writeMemoryCrashDump(network, new OutOfMemoryError("of a test"));
            assertThat(folder).isEmptyDirectory();
        } finally {
            CrashReportingUtil.crashDumpOutputDirectory(null);
        }
    }

    @Test
    void givesBackEveryValueThatNobodyReads() {
        Feed feed = new Feed(graph, DataType.FLOAT, arena);
        network.forward(graph, Pass.inference(false, 0), feed.arrays(batch));
        // the outputs: both levels, the logits, the loss
        assertThat(arena.inUse()).isEqualTo(4);
    }

    @Test
    void givesBackEveryGradient() {
        Feed feed = new Feed(graph, DataType.FLOAT, arena);
        network.forward(graph, Pass.gradients(false, 0), feed.arrays(batch));
        INDArray one = arena.take(DataType.FLOAT).assign(1);
        network.backward(new INDArray[] {null, null, null, one});
        // the gradient of the picture
        assertThat(arena.inUse()).isEqualTo(1);
        assertThat(network.getVertex("input").getEpsilon().norm2Number().doubleValue())
                .isNotCloseTo(0, within(1e-6));
    }
}
