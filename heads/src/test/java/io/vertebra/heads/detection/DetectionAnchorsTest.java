package io.vertebra.heads.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Analysis;
import io.vertebra.graph.Graph;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import io.vertebra.heads.Model;
import io.vertebra.heads.Models;
import io.vertebra.heads.Tables;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The counts of every detector of {@code anchors/detection.tsv} whose head we have, and which ones we have not. */
class DetectionAnchorsTest {

    /** Library and detector of the rows with counts → why they are not covered, and how many there are. */
    private static final Map<String, Gap> GAPS = Map.of(
            "torchvision \\S+ (fasterrcnn|maskrcnn)_.*", new Gap("two stages", 6),
            "torchvision \\S+ (retinanet|fcos)_.*", new Gap("other heads of one stage", 3),
            "mmdetection \\S+ (Faster|Mask|Cascade) R-CNN", new Gap("two and more stages", 16),
            "mmdetection \\S+ (RetinaNet|FCOS)", new Gap("other heads of one stage", 5),
            "ConvNeXt repository (Cascade )?Mask R-CNN", new Gap("two and more stages", 2));

    /** Why rows are not covered, and how many. */
    private record Gap(String why, int rows) {}

    static Stream<Map<String, String>> covered() {
        return counted().filter(row -> model(row).isPresent());
    }

    private static Stream<Map<String, String>> counted() {
        return Tables.read("detection.tsv").stream()
                .filter(row -> !row.get("params").isEmpty());
    }

    /** torchvision counts the background in, mmdetection adds it. */
    private static Optional<Model> model(Map<String, String> row) {
        int classes = Integer.parseInt(row.get("classes_outputs").split(" ", -1)[0]);
        return switch (row.get("detector") + " " + row.get("input")) {
            case "ssd300_vgg16 300x300", "ssdlite320_mobilenet_v3_large 320x320" ->
                Optional.of(Models.builtIn().get(row.get("detector")).withClasses(classes));
            case "SSD 300x300" ->
                Optional.of(Models.builtIn().get("ssd300_vgg16").withClasses(classes + 1));
            case "SSD 512x512" -> Optional.of(SsdModels.ssd512(classes + 1));
            default -> Optional.empty();
        };
    }

    @Test
    void coversEveryRowButThoseOfOtherHeads() {
        assertThat(covered()).hasSize(5);
        Map<String, Integer> missing = new HashMap<>();
        counted()
                .filter(row -> model(row).isEmpty())
                .map(row -> row.get("library") + " " + row.get("detector"))
                .forEach(name -> missing.merge(
                        GAPS.keySet().stream().filter(name::matches).findFirst().orElse(name), 1, Integer::sum));
        assertThat(missing)
                .isEqualTo(GAPS.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, gap -> gap.getValue().rows())));
    }

    @ParameterizedTest
    @MethodSource("covered")
    void hasThePublishedCounts(Map<String, String> row) {
        Graph graph = model(row).orElseThrow().inference();
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
