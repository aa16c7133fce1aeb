package io.vertebra.heads;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertebra.backbones.Shared;
import io.vertebra.backbones.weights.LoadReport;
import io.vertebra.backbones.weights.SafetensorsWriter;
import io.vertebra.backbones.weights.SchemeInfo;
import io.vertebra.backbones.weights.Schemes;
import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.backbones.weights.WeightLoader;
import io.vertebra.graph.Parameters;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files with torchvision's names fill the complete models whose names differ from ours. */
class PublishedNamesTest {

    @TempDir
    Path folder;

    @Test
    void ssdLiteComesInTwoPieces() {
        SchemeInfo scheme = fills(
                "ssdlite320_mobilenet_v3_large", "torchvision_ssdlite", detector("ssdlite320_mobilenet_v3_large"));
        assertThat(scheme.outputs()).hasValue(91);
        assertThat(scheme.classes()).hasValue(90);
    }

    /** The published files are older than the lists in torchvision's neck and region proposal network. */
    @Tag("slow") // files of up to 170 MB
    @ParameterizedTest
    @CsvSource({
        "fasterrcnn_resnet50_fpn, fasterrcnn_resnet50_fpn, torchvision_fasterrcnn, false, -1",
        "fasterrcnn_resnet50_fpn, fasterrcnn_resnet50_fpn, torchvision_fasterrcnn_v1, true, 0",
        "fasterrcnn_resnet50_fpn_v2, fasterrcnn_resnet50_fpn_v2, torchvision_fasterrcnn, false, -1",
        "fasterrcnn_mobilenet_v3_large_320_fpn, fasterrcnn_mobilenet_v3_large_fpn, torchvision_fasterrcnn_mobilenet, false, 1e-5",
        "fasterrcnn_mobilenet_v3_large_320_fpn, fasterrcnn_mobilenet_v3_large_fpn, torchvision_fasterrcnn_mobilenet, true, 1e-5"
    })
    void fasterRcnnIsOldOrNew(String golden, String model, String scheme, boolean old, double epsilon) {
        List<String> lines = detector(golden).stream()
                .map(line -> old
                        ? line.replaceFirst("(_blocks\\.\\d)\\.0", "$1")
                                .replaceFirst("head\\.conv\\.0\\.0", "head.conv")
                        : line)
                .toList();
        SchemeInfo info = fills(model, scheme, lines);
        assertThat(info.outputs()).hasValue(5);
        assertThat(info.classes()).hasValue(4);
        assertThat(info.normEpsilon()).isEqualTo(epsilon < 0 ? OptionalDouble.empty() : OptionalDouble.of(epsilon));
    }

    private static List<String> detector(String model) {
        List<String> lines = new ArrayList<>();
        try (InputStream golden = PublishedNamesTest.class.getResourceAsStream("detection/" + model + ".json")) {
            new ObjectMapper().readTree(golden).path("tensors").forEach(tensor -> lines.add(tensor.asText()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    /** The auxiliary head stays behind: the inference form has none. */
    @Tag("slow") // a file of 44 MB
    @Test
    void deepLabTakesTheListOfFeaturesForTheBackbone() throws IOException {
        SchemeInfo scheme = fills(
                "deeplabv3_mobilenet_v3_large", "torchvision_segmentation", lines("deeplabv3_mobilenet_v3_large"));
        assertThat(scheme.classes()).hasValue(21);
    }

    /** Name and shape of each tensor of one of torchvision's networks. */
    private static List<String> lines(String network) {
        List<String> lines = new ArrayList<>();
        for (JsonNode line : Shared.json("anchors/state_dict_names.json").path("torchvision-segmentation " + network)) {
            String[] words = line.asText().split(" ", -1);
            List<String> parts =
                    words[2].equals("bn") ? List.of(".weight", ".bias", ".running_mean", ".running_var") : List.of("");
            parts.forEach(part -> lines.add(words[0] + part + " " + words[1]));
        }
        return lines;
    }

    @Test
    void lrAsppTakesTheListOfFeaturesForTheBackbone() {
        SchemeInfo scheme =
                fills("lraspp_mobilenet_v3_large", "torchvision_segmentation", lines("lraspp_mobilenet_v3_large"));
        assertThat(scheme.outputs()).hasValue(21);
    }

    private SchemeInfo fills(String model, String scheme, List<String> lines) {
        SafetensorsWriter writer = new SafetensorsWriter();
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            int[] shape = Arrays.stream(words[1].split("x", -1))
                    .mapToInt(Integer::parseInt)
                    .toArray();
            writer.add(words[0], shape, new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)]);
        }
        Path path = folder.resolve("weights.safetensors");
        writer.write(path);
        try (WeightFile file = WeightFile.open(path)) {
            SchemeInfo info = Schemes.builtIn().recognise(file);
            assertThat(info.name()).isEqualTo(scheme);
            assertThat(info.architecture()).contains(model);
            Parameters parameters = Parameters.zeros(Models.builtIn()
                    .get(model)
                    .withClasses(info.outputs().orElseThrow())
                    .with(info.conventions())
                    .inference());
            LoadReport report = new WeightLoader(file, info).load(parameters);
            assertThat(report.loaded()).containsExactlyElementsOf(parameters.names());
            assertThat(report.leftOut()).allMatch(n -> n.startsWith("aux_classifier."));
            return info;
        }
    }
}
