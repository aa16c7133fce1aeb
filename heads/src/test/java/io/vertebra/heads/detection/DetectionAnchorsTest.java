package io.vertebra.heads.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Analysis;
import io.vertebra.graph.Graph;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import io.vertebra.heads.Model;
import io.vertebra.heads.Models;
import io.vertebra.heads.Tables;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The counts of SSD300 with 91, 81 and 21 outputs, as torchvision and mmdetection publish them, and of SSDLite. */
class DetectionAnchorsTest {

    static Stream<Map<String, String>> covered() {
        return Tables.read("detection.tsv").stream()
                .filter(row -> !row.get("params").isEmpty()
                        && row.get("input").matches("300x300|320x320")
                        && row.get("detector").matches("ssd300_vgg16|SSD|ssdlite320_mobilenet_v3_large"));
    }

    /** torchvision counts the background in, mmdetection adds it. */
    private static Model model(Map<String, String> row) {
        int classes = Integer.parseInt(row.get("classes_outputs").split(" ", -1)[0]);
        boolean torchvision = row.get("library").startsWith("torchvision");
        String name = torchvision ? row.get("detector") : "ssd300_vgg16";
        return Models.builtIn().get(name).withClasses(torchvision ? classes : classes + 1);
    }

    @Test
    void coversTheRowsThatItCan() {
        assertThat(covered()).hasSize(4);
    }

    @ParameterizedTest
    @MethodSource("covered")
    void hasThePublishedCounts(Map<String, String> row) {
        Graph graph = model(row).inference();
        assertThat(graph.parameterCount()).isEqualTo(Long.parseLong(row.get("params")));
        Map<String, Long> parts = Tables.numbers(row.get("params_by_part"));
        long backbone = graph.parameters().stream()
                .filter(p -> p.isTrainable() && p.name().startsWith("backbone."))
                .mapToLong(p -> p.shape().elements())
                .sum();
        assertThat(backbone).isEqualTo(parts.get("backbone"));
        long macs = Tables.numbers(row.get("macs_by_part")).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        int side = Integer.parseInt(row.get("input").split("x", -1)[0]);
        assertThat(Analysis.of(graph, Shape.of(1, 3, side, side)).macs()).isEqualTo(macs);
        long norms = graph.parameters().stream()
                .filter(p -> p.name().endsWith("running_var")) // PyTorch counts the batches of each
                .count();
        assertThat(graph.parameters().size() + norms).isEqualTo(Integer.parseInt(row.get("state_tensors")));
    }

    @Test
    void namesTheParametersOfSsd300AsTorchvision() {
        List<String> names = Models.builtIn().get("ssd300_vgg16").inference().parameters().stream()
                .map(ParameterSpec::name)
                .filter(n -> !n.startsWith("backbone.features."))
                .filter(n -> !n.endsWith("bias"))
                .toList();
        assertThat(names)
                .containsExactlyInAnyOrder(
                        "backbone.scale_weight",
                        "backbone.extra.0.1.weight",
                        "backbone.extra.0.3.weight",
                        "backbone.extra.0.5.weight",
                        "backbone.extra.0.7.1.weight",
                        "backbone.extra.0.7.3.weight",
                        "backbone.extra.1.0.weight",
                        "backbone.extra.1.2.weight",
                        "backbone.extra.2.0.weight",
                        "backbone.extra.2.2.weight",
                        "backbone.extra.3.0.weight",
                        "backbone.extra.3.2.weight",
                        "backbone.extra.4.0.weight",
                        "backbone.extra.4.2.weight",
                        "head.classification_head.module_list.0.weight",
                        "head.classification_head.module_list.1.weight",
                        "head.classification_head.module_list.2.weight",
                        "head.classification_head.module_list.3.weight",
                        "head.classification_head.module_list.4.weight",
                        "head.classification_head.module_list.5.weight",
                        "head.regression_head.module_list.0.weight",
                        "head.regression_head.module_list.1.weight",
                        "head.regression_head.module_list.2.weight",
                        "head.regression_head.module_list.3.weight",
                        "head.regression_head.module_list.4.weight",
                        "head.regression_head.module_list.5.weight");
    }
}
