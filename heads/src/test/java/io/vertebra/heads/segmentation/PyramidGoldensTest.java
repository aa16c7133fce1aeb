package io.vertebra.heads.segmentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.Engines;
import io.vertebra.backbones.Formula;
import io.vertebra.backbones.Parity;
import io.vertebra.backbones.ResNet;
import io.vertebra.backbones.weights.LoadReport;
import io.vertebra.backbones.weights.SafetensorsWriter;
import io.vertebra.backbones.weights.SchemeInfo;
import io.vertebra.backbones.weights.Schemes;
import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.backbones.weights.WeightLoader;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import io.vertebra.heads.Assembly;
import io.vertebra.heads.Auxiliary;
import io.vertebra.heads.HeadPart;
import io.vertebra.heads.Heads;
import io.vertebra.heads.Model;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files with the published names fill UPerNet and PSPNet, which then answer and learn as PyTorch's float64: {@code
 * tools/goldens/heads_pyramids.py}.
 */
class PyramidGoldensTest {
    /** Of the largest value; fp32 of any engine. */
    private static final double TOLERANCE = 1e-4;

    /** Of a gradient's largest value, float64 against float64. */
    private static final double EXACT = 1e-6;

    private static final int CLASSES = 7;

    @TempDir
    Path folder;

    private static JsonNode golden(String name) throws IOException {
        try (InputStream json = PyramidGoldensTest.class.getResourceAsStream(name + ".json")) {
            return new ObjectMapper().readTree(json);
        }
    }

    private static Model model(String name) {
        String[] words = name.split("_", 2);
        List<Integer> scales = List.of(1, 2, 3, 6);
        Record head = new PyramidPoolingConfig(scales, 24, 0.0, words[1].equals("resnet18"));
        int outputStride = name.equals("pspnet_resnet50") ? 8 : 32;
        Backbone<?> backbone = Backbones.builtIn().get(words[1]);
        HeadPart part = new HeadPart(
                Heads.builtIn().get(words[0]).with(head), CLASSES, Optional.of(new Auxiliary(null, 16, 0.0, null)));
        return Model.of(
                words[1].startsWith("resnet")
                        ? backbone.with(new ResNet.Config(outputStride, null, null, null, null, true, null))
                        : backbone,
                Map.of("", part));
    }

    private static Graph training(Model model) {
        Assembly assembly = model.assembleForTraining();
        assembly.outputs().forEach(assembly.builder()::output);
        return assembly.builder().build();
    }

    /** Our name → the published one: a file whose tensors hold their own number is loaded, and tells. */
    private Map<String, String> published(JsonNode golden, Graph graph, String scheme) {
        SafetensorsWriter writer = new SafetensorsWriter();
        List<String> names = new ArrayList<>();
        for (JsonNode line : golden.path("tensors")) {
            String[] words = line.asText().split(" ", -1);
            int[] shape = Arrays.stream(words[1].split("x", -1))
                    .mapToInt(Integer::parseInt)
                    .toArray();
            float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
            Arrays.fill(values, names.size());
            writer.add(words[0], shape, values);
            names.add(words[0]);
        }
        Path path = folder.resolve("published.safetensors");
        writer.write(path);
        try (WeightFile file = WeightFile.open(path)) {
            SchemeInfo info = Schemes.builtIn().recognise(file);
            assertThat(info.name()).isEqualTo(scheme);
            assertThat(info.outputs()).hasValue(CLASSES);
            Parameters parameters = Parameters.zeros(graph);
            LoadReport report = new WeightLoader(file, info).load(parameters);
            assertThat(report.loaded()).containsExactlyElementsOf(parameters.names());
            Map<String, String> published = new LinkedHashMap<>();
            parameters
                    .names()
                    .forEach(name ->
                            published.put(name, names.get((int) parameters.get(name)[0])));
            assertThat(published.values()).doesNotHaveDuplicates();
            return published;
        }
    }

    private static String scheme(String name) {
        return name.contains("convnext") ? "authors_convnext_dense" : "mmsegmentation";
    }

    @ParameterizedTest
    @ValueSource(strings = {"upernet_convnext_atto", "upernet_resnet18", "pspnet_resnet18"})
    void publishedNamesFillBothHeads(String name) throws IOException {
        JsonNode golden = golden(name);
        assertThat(published(golden, training(model(name)), scheme(name))).hasSameSizeAs(golden.path("tensors"));
        assertThat(published(golden, model(name).inference(), scheme(name)).keySet())
                .noneMatch(n -> n.startsWith("auxiliary_head."));
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({
        "onednn, upernet_convnext_atto",
        "onednn, upernet_resnet18",
        "onednn, pspnet_resnet18",
        "onednn, pspnet_resnet50",
        "dl4j, upernet_convnext_atto",
        "dl4j, upernet_resnet18",
        "dl4j, pspnet_resnet18",
        "dl4j, pspnet_resnet50",
        "cuda-emulated, upernet_convnext_atto",
        "cuda-emulated, upernet_resnet18",
        "cuda-emulated, pspnet_resnet18"
    })
    void answersAsPyTorch(String engine, String name) throws IOException {
        JsonNode golden = golden(name);
        Graph graph = model(name).inference().withOutputs("logits");
        Map<String, String> published = published(golden, graph, scheme(name));
        try (Session session = Engines.named(engine)
                .open(graph, Formula.parameters(graph, 1, published::get), Options.inference(Precision.FP32))) {
            Outputs outputs = session.evaluate(Batch.of(Parity.picture(golden.path("input"))));
            isNear(TOLERANCE, name, golden, "inference", Map.of("logits", outputs.get("logits")));
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"upernet_convnext_atto", "upernet_resnet18", "pspnet_resnet18"})
    void learnsAsPyTorch(String name) throws IOException {
        JsonNode golden = golden(name);
        Graph graph = training(model(name));
        Map<String, String> published = published(golden, graph, scheme(name));
        Batch batch = Batch.of(Parity.picture(golden.path("input")));
        Map<String, Tensor.Floats> seeds = new LinkedHashMap<>();
        List<Shape> shapes = graph.shapes(batch.shapes());
        graph.outputs()
                .forEach((output, node) -> seeds.put(
                        output,
                        Formula.tensor(
                                "grad." + output, shapes.get(node.index()).toArray())));
        try (Session session = Engines.named("reference")
                .open(graph, Formula.parameters(graph, 1, published::get), Options.gradients(Precision.FP64, true))) {
            Outputs outputs = session.gradients(batch, seeds);
            Map<String, Tensor.Floats> answers = new LinkedHashMap<>();
            graph.outputs().keySet().forEach(output -> answers.put(output, outputs.get(output)));
            isNear(EXACT, name, golden, "training", answers);
            Map<String, Tensor.Floats> gradients = new LinkedHashMap<>();
            graph.parameters().stream()
                    .filter(ParameterSpec::isTrainable)
                    .forEach(p -> gradients.put(published.get(p.name()), outputs.get("grad." + p.name())));
            isNear(EXACT, name, golden, "gradients", gradients);
        }
    }

    private static void isNear(
            double tolerance, String name, JsonNode golden, String part, Map<String, Tensor.Floats> tensors) {
        Parity parity = Parity.of(name, golden);
        assertThat(tensors.keySet()).containsExactlyInAnyOrderElementsOf(parity.names(part));
        Parity.Deviation worst = parity.worst(part, tensors, 0);
        assertThat(worst.value()).as("%s", worst).isLessThan(tolerance);
    }
}
