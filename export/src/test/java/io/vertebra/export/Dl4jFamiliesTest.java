package io.vertebra.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.backbones.Engines;
import io.vertebra.dl4j.network.Dl4j;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.Exhaustive;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Shape;
import io.vertebra.heads.Models;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** DL4J networks of whole backbones: our outputs, through an archive too, and trainable by DL4J. Here, for backbones come after engines. */
@Tag("slow")
class Dl4jFamiliesTest {
    private static final int PICTURES = 2;
    private static final int TRAINED = 4;

    /** On maps of one cell norms over four pictures turn rounding into anything; networks for CIFAR end with more. */
    private static final int SIDE = 80;

    /** Small beside the slopes of networks before training; those of MNASNet are the steepest. */
    private static final double RATE = 1e-5;

    @TempDir
    Path folder;

    static List<String> families() {
        return OnnxFamiliesTest.families();
    }

    /** Those that are small; DL4J's steps take long, so that they are few. */
    static List<String> small() {
        List<String> small = families().stream()
                .filter(name -> OnnxFamiliesTest.graph(name).parameterCount() <= OnnxFamiliesTest.LARGEST)
                .toList();
        List<String> others = new ArrayList<>(small);
        others.removeAll(OnnxFamiliesTest.covering());
        return Exhaustive.without(others, small);
    }

    @ParameterizedTest
    @MethodSource("families")
    void everyFamilyIsTheSame(String name) {
        Comparison comparison = Comparison.of(OnnxFamiliesTest.graph(name));
        check(comparison, network(comparison));
    }

    @ParameterizedTest
    @ValueSource(strings = {"deeplabv3_mobilenet_v2_voc", "lraspp_mobilenet_v3_large", "ssd_mobilenet_v1_075_coco"})
    void denseNetworksAreTheSame(String name) {
        Comparison comparison = Comparison.of(OnnxFamiliesTest.graph(name));
        check(comparison, network(comparison));
    }

    @ParameterizedTest
    @MethodSource("small")
    void anArchiveIsTheSameNetwork(String name) throws IOException {
        Comparison comparison = Comparison.of(OnnxFamiliesTest.graph(name));
        File file = folder.resolve("model.zip").toFile();
        try (OutputStream stream = Files.newOutputStream(file.toPath())) {
            Dl4j.write(comparison.graph(), comparison.parameters(), comparison.picture(), false, stream);
        }
        ComputationGraph read = ModelSerializer.restoreComputationGraph(file);
        INDArray picture = array(comparison.batch(1).inputs().get("input"));
        assertThat(read.output(picture)).isEqualTo(network(comparison).output(picture));
    }

    /** The same dropout each time: what is left is the step. */
    @ParameterizedTest
    @MethodSource("small")
    void oneStepLowersTheLoss(String name) {
        Graph graph = Models.builtIn().get(name).withClasses(5).inference();
        Comparison comparison = Comparison.of(graph).atLeast(name.contains("cifar") ? 0 : SIDE);
        ComputationGraph network =
                Dl4j.toClassifier(graph, Parameters.initialize(graph, 3), comparison.picture(), new Sgd(RATE));
        INDArray labels = Nd4j.zeros(TRAINED, 5);
        for (int n = 0; n < TRAINED; n++) {
            labels.putScalar(n, n, 1);
        }
        DataSet data = new DataSet(array(comparison.batch(TRAINED).inputs().get("input")), labels);
        double before = seeded(network, data);
        Nd4j.getRandom().setSeed(1);
        network.fit(data);
        assertThat(network.getConfiguration().getNetworkOutputs()).containsExactly("probabilities");
        assertThat(seeded(network, data)).isLessThan(before).isPositive();
    }

    private static double seeded(ComputationGraph network, DataSet data) {
        Nd4j.getRandom().setSeed(1);
        return network.score(data, true);
    }

    private static ComputationGraph network(Comparison comparison) {
        return Dl4j.toComputationGraph(comparison.graph(), comparison.parameters(), comparison.picture());
    }

    private static void check(Comparison comparison, ComputationGraph network) {
        try (Session session = Engines.named("onednn")
                .open(comparison.graph(), comparison.parameters(), Options.inference(Precision.FP32))) {
            Outputs ours = session.evaluate(comparison.batch(PICTURES));
            INDArray[] theirs =
                    network.output(array(comparison.batch(PICTURES).inputs().get("input")));
            List<String> names = network.getConfiguration().getNetworkOutputs();
            Map<String, Tensor.Floats> values = new LinkedHashMap<>();
            for (int i = 0; i < theirs.length; i++) {
                int[] extents = Arrays.stream(theirs[i].shape())
                        .mapToInt(Math::toIntExact)
                        .toArray();
                values.put(
                        names.get(i),
                        new Tensor.Floats(
                                Shape.of(extents), theirs[i].dup('c').data().asFloat()));
            }
            Comparison.check(ours, new Outputs(values));
        }
    }

    private static INDArray array(Tensor tensor) {
        return Nd4j.create(((Tensor.Floats) tensor).data(), tensor.shape().toArray(), 'c');
    }
}
