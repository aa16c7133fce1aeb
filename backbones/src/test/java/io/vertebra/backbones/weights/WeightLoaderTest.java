package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightLoaderTest {

    private static final Schemes SCHEMES = Schemes.builtIn();

    private final Map<String, float[]> arrays = new HashMap<>();

    /** The values come from tools/goldens/weights_canonical.py, which does not know our schemes. */
    @ParameterizedTest
    @CsvSource({
        "mobilenet_v1_0.75_224_in1k.safetensors",
        "mobilenet_v2_1.0_224_in1k.safetensors",
        "squeezenet1_1_in1k.safetensors"
    })
    void fillsModelsFromForeignFiles(String name) throws IOException {
        JsonNode golden = Fixtures.json(new String(Fixtures.resource("canonical.json"), StandardCharsets.UTF_8))
                .get(name);
        Map<String, int[]> wanted = new LinkedHashMap<>();
        golden.properties().forEach(e -> {
            int[] shape = new int[e.getValue().get("shape").size()];
            Arrays.setAll(shape, i -> e.getValue().get("shape").get(i).asInt());
            wanted.put(e.getKey(), shape);
            if (e.getKey().endsWith("running_mean")) {
                wanted.put(e.getKey().replace("running_mean", "running_var"), shape);
            }
        });
        try (WeightFile file = WeightFile.open(Fixtures.shared("weights/" + name))) {
            SchemeInfo info = SCHEMES.recognise(file);
            LoadReport report = new WeightLoader(file, info).load(wanted, target(wanted)::get);

            assertThat(report.isComplete()).isTrue();
            assertThat(report.loaded()).containsExactlyElementsOf(wanted.keySet());
            assertThat(report.file()).isEqualTo(file.file());
            golden.properties()
                    .forEach(e -> assertThat(arrays.get(e.getKey())[
                                    e.getValue().get("index").asInt()])
                            .as(e.getKey())
                            .isEqualTo((float) e.getValue().get("value").asDouble()));
            if (info.foldedNorm()) {
                float epsilon = (float) info.normEpsilon().orElseThrow();
                wanted.keySet().stream().filter(n -> n.endsWith("running_var")).forEach(n -> {
                    for (float variance : arrays.get(n)) {
                        assertThat(variance + epsilon).isEqualTo(1f); // exact, so that the norm only shifts
                    }
                });
            }
        }
    }

    @Test
    void dropsTheBackgroundIfTheModelHasNone() {
        Map<String, int[]> wanted = mobileNetV2(1000);
        try (WeightFile file = WeightFile.open(Fixtures.shared("weights/mobilenet_v2_1.0_224_in1k.safetensors"))) {
            LoadReport report = new WeightLoader(file, SCHEMES.recognise(file)).load(wanted, target(wanted)::get);
            float[] all = file.read("MobilenetV2/Logits/Conv2d_1c_1x1/biases");

            assertThat(report.backgroundDropped()).containsExactly("classifier.1.weight", "classifier.1.bias");
            assertThat(report.isComplete()).isTrue();
            assertThat(report.summary()).endsWith("folded norms; 262 parameters loaded, background class dropped");
            assertThat(arrays.get("classifier.1.bias")).isEqualTo(Arrays.copyOfRange(all, 1, 1001));
            float[] rows = file.read("MobilenetV2/Logits/Conv2d_1c_1x1/weights");
            assertThat(arrays.get("classifier.1.weight")).isEqualTo(Arrays.copyOfRange(rows, 1280, rows.length));
        }
    }

    @Test
    void readsAPrefixedLegacyCheckpoint() {
        Map<String, int[]> wanted = shapes("akamaster resnet20");
        try (WeightFile file = WeightFile.open(Fixtures.shared("weights/resnet20_cifar10.th"))) {
            LoadReport report = new WeightLoader(file, SCHEMES.recognise(file)).load(wanted, target(wanted)::get);

            assertThat(report.loaded()).hasSize(97);
            assertThat(arrays.get("layer2.0.bn1.running_var")).isEqualTo(file.read("module.layer2.0.bn1.running_var"));
        }
    }

    @Test
    void fillsTheParametersOfAGraph() {
        GraphBuilder g = new GraphBuilder();
        g.output("logits", g.linear("fc", g.input("input", DataType.F32, Shape.of(Shape.ANY, 3)), 2));
        Parameters parameters = Parameters.zeros(g.build());
        MemoryFile file = MemoryFile.of(
                Map.of("fc.weight", List.of(2, 3), "fc.bias", List.of(2)), Map.of("vertebra.names", "canonical"));
        LoadReport report = new WeightLoader(file, SCHEMES.recognise(file)).load(parameters);

        assertThat(report.loaded()).containsExactly("fc.weight", "fc.bias");
        assertThat(parameters.get("fc.weight")).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(parameters.get("fc.bias")).containsExactly(0, 1);
    }

    @Test
    void refusesOtherClassesInOneLine() {
        assertThatThrownBy(() -> load(
                        file("fc.weight", 1000, 8, "fc.bias", 1000, 0),
                        wanted("fc.weight", 2, 8, "fc.bias", 2, 0),
                        false))
                .isInstanceOf(WeightsException.class)
                .hasMessage(
                        "memory: fc.weight: has 1000 classes, the model wants 2 (fc.weight, fc.bias); only train replaces a classifier");
    }

    @Test
    void leavesAClassifierOfOtherClassesToTraining() {
        LoadReport report =
                load(file("fc.weight", 1000, 8, "fc.bias", 1000, 0), wanted("fc.weight", 2, 8, "fc.bias", 2, 0), true);

        assertThat(report.isComplete()).isTrue();
        assertThat(report.reinitialised()).containsExactly("fc.weight", "fc.bias");
        assertThat(report.loaded()).doesNotContain("fc.weight", "fc.bias").contains("conv1.weight");
        assertThat(arrays.get("fc.weight")).containsOnly(-1);
        assertThat(arrays.get("conv1.weight")).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(report.summary())
                .isEqualTo(
                        "memory: scheme torchvision, 1000 outputs; 4 parameters loaded, classifier re-initialised (fc.weight, fc.bias)");
    }

    @Test
    void takesABackboneWithoutClassifierForTrainingOnly() {
        LoadReport report = load(file(), wanted("fc.weight", 2, 8, "fc.bias", 2, 0), true);
        assertThat(report.reinitialised()).containsExactly("fc.weight", "fc.bias");
        assertThat(report.isComplete()).isTrue();

        assertThatThrownBy(() -> load(file(), wanted("fc.weight", 2, 8, "fc.bias", 2, 0), false))
                .hasMessage("memory: fc.weight: does not fit the model: 2 missing (fc.weight, fc.bias)");
    }

    @Test
    void doesNotReplaceAClassifierOfOtherInputs() {
        assertThatThrownBy(() -> load(
                        file("fc.weight", 1000, 8, "fc.bias", 1000, 0),
                        wanted("fc.weight", 2, 9, "fc.bias", 2, 0),
                        true))
                .hasMessage(
                        "memory: fc.weight: does not fit the model: 1 mismatched (fc.weight has shape [1000, 8], the model wants [2, 9])");
    }

    @Test
    void namesWhatDiffersAndWritesNothing() {
        Map<String, int[]> wanted = wanted(
                "layer1.0.conv1.weight", 3, 3, "a.weight", 1, 0, "b.weight", 1, 0, "c.weight", 1, 0, "d.weight", 1, 0);
        assertThatThrownBy(() -> load(file("x", 1, 0, "y", 1, 0), wanted, false))
                .isInstanceOf(WeightsException.class)
                .hasMessage(
                        "memory: layer1.0.conv1.weight: does not fit the model: 1 mismatched (layer1.0.conv1.weight has shape [2, 3], the model wants [3, 3]), "
                                + "4 missing (a.weight, b.weight, c.weight, ...), 2 unexpected (x, y)");
        assertThat(arrays.get("conv1.weight")).containsOnly(-1);
    }

    @Test
    void saysWhatTheFileLooksLike() {
        Map<String, List<Integer>> names = Fixtures.stateDict("torchvision resnet50");
        Map<String, int[]> wanted = shapes("torchvision resnext50_32x4d");
        assertThatThrownBy(() -> load(MemoryFile.of(names), wanted, false))
                .hasMessageContaining(
                        "mismatched (layer1.0.conv1.weight has shape [64, 64, 1, 1], the model wants [128, 64, 1, 1], ...)")
                .hasMessageEndingWith("; the file looks like resnet50");
    }

    @Test
    void namesUnexpectedTensorsWhenNothingElseIsWrong() {
        assertThatThrownBy(() -> load(file("x", 1, 0), wanted(), false))
                .hasMessage("memory: x: does not fit the model: 1 unexpected (x)");
    }

    @Test
    void loadsWhatFitsWhenLenient() {
        MemoryFile file = file("x", 1, 0);
        Map<String, int[]> wanted = wanted("layer1.0.conv1.weight", 3, 3, "a.weight", 1, 0);
        LoadReport report =
                new WeightLoader(file, SCHEMES.recognise(file)).lenient().load(wanted, target(wanted)::get);

        assertThat(report.isComplete()).isFalse();
        assertThat(report.missing()).containsExactly("a.weight");
        assertThat(report.unexpected()).containsExactly("x");
        assertThat(report.mismatched())
                .containsExactly(new LoadReport.Mismatch("layer1.0.conv1.weight", List.of(2, 3), List.of(3, 3)));
        assertThat(report.loaded()).containsExactlyInAnyOrder("conv1.weight", "bn1.weight", "layer4.0.conv1.weight");
        assertThat(arrays.get("a.weight")).containsOnly(-1);
        assertThat(report.summary())
                .contains("3 parameters loaded, 1 mismatched (", "1 missing (a.weight), 1 unexpected (x)");
    }

    @Test
    void refusesTwoTensorsForOneName() {
        Map<String, List<Integer>> names = new LinkedHashMap<>(Fixtures.stateDict("timm mobilenetv2_050"));
        MemoryFile file = MemoryFile.of(names);
        SchemeInfo info = SCHEMES.recognise(file);
        SchemeInfo twice = new SchemeInfo(
                oneName(),
                "",
                info.architecture(),
                info.outputs(),
                0,
                false,
                info.normEpsilon(),
                false,
                info.preprocessing());

        assertThatThrownBy(() -> new WeightLoader(file, twice).load(Map.of(), arrays::get))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(
                        "memory: same: two tensors of the file would get this name: conv_stem.weight and bn1.weight");
    }

    @Test
    void refusesAShapeThatTheLayoutCannotHave() throws IOException {
        MemoryFile file = MemoryFile.of(Map.of("conv1/kernel", List.of(3, 3)));
        SchemeInfo info = new SchemeInfo(
                SCHEMES.named("keras_mobilenet_v1").orElseThrow(),
                "",
                Optional.empty(),
                OptionalInt.empty(),
                0,
                true,
                OptionalDouble.empty(),
                false,
                Optional.empty());

        assertThatThrownBy(() -> new WeightLoader(file, info).load(Map.of(), arrays::get))
                .hasMessage("memory: conv1/kernel: has shape [3, 3], which no weight of layout HWIO has");
    }

    private static Scheme oneName() {
        try {
            return Schemes.parse("{\"name\":\"s\",\"about\":\"t\",\"rules\":[{\"from\":\".+\",\"to\":\"same\"}]}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private LoadReport load(WeightFile file, Map<String, int[]> wanted, boolean replace) {
        WeightLoader loader = new WeightLoader(file, SCHEMES.recognise(file));
        return (replace ? loader.replaceClassifier() : loader).load(wanted, target(wanted)::get);
    }

    /** Arrays of -1 for every name. */
    private Map<String, float[]> target(Map<String, int[]> wanted) {
        wanted.forEach((name, shape) -> {
            float[] array = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
            Arrays.fill(array, -1);
            arrays.put(name, array);
        });
        return arrays;
    }

    /** A torchvision-like file of four tensors and (name, rows, columns or 0). */
    private static MemoryFile file(Object... more) {
        Map<String, List<Integer>> names = new LinkedHashMap<>();
        wanted(more)
                .forEach((name, shape) ->
                        names.put(name, Arrays.stream(shape).boxed().toList()));
        return MemoryFile.of(names);
    }

    private static Map<String, int[]> wanted(Object... more) {
        Map<String, int[]> shapes = new LinkedHashMap<>();
        for (String name : List.of("conv1.weight", "bn1.weight", "layer1.0.conv1.weight", "layer4.0.conv1.weight")) {
            shapes.put(name, new int[] {2, 3});
        }
        for (int i = 0; i < more.length; i += 3) {
            int columns = (int) more[i + 2];
            shapes.put(
                    (String) more[i],
                    columns == 0 ? new int[] {(int) more[i + 1]} : new int[] {(int) more[i + 1], columns});
        }
        return shapes;
    }

    private static Map<String, int[]> shapes(String network) {
        Map<String, int[]> shapes = new LinkedHashMap<>();
        Fixtures.stateDict(network).forEach((name, shape) -> {
            if (!name.endsWith("num_batches_tracked")) {
                shapes.put(name, shape.stream().mapToInt(Integer::intValue).toArray());
            }
        });
        return shapes;
    }

    private static Map<String, int[]> mobileNetV2(int classes) {
        Map<String, int[]> shapes = shapes("torchvision mobilenet_v2");
        shapes.put("classifier.1.weight", new int[] {classes, 1280});
        shapes.put("classifier.1.bias", new int[] {classes});
        return shapes;
    }
}
