package io.vertebra.heads.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Analysis;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import io.vertebra.heads.Model;
import io.vertebra.heads.Models;
import io.vertebra.heads.Tables;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The counts of every detector of {@code anchors/detection.tsv} whose head we have, and which ones we have not. */
class DetectionAnchorsTest {

    /** Library and detector of the rows with counts → why they are not covered, and how many there are. */
    private static final Map<String, Gap> GAPS = Map.of(
            "torchvision \\S+ maskrcnn_.*", new Gap("masks", 2),
            "torchvision \\S+ (retinanet|fcos)_.*", new Gap("other heads of one stage", 3),
            "mmdetection \\S+ (Faster|Mask|Cascade) R-CNN", new Gap("masks, more stages, other strides or levels", 11),
            "mmdetection \\S+ (RetinaNet|FCOS)", new Gap("other heads of one stage", 5),
            "ConvNeXt repository (Cascade )?Mask R-CNN", new Gap("two and more stages", 2));

    private static final String BOX_HEAD = "box head";

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
        String detector = row.get("detector");
        if (detector.matches("fasterrcnn_.*|ssd300_vgg16|ssdlite320_.*")) {
            return Optional.of(Models.builtIn().get(detector).withClasses(classes));
        }
        if (detector.equals("Faster R-CNN") && TwoStageModels.BACKBONES.containsKey(row.get("backbone"))) {
            return caffe(row) ? Optional.empty() : Optional.of(TwoStageModels.mmdet(row.get("backbone"), classes + 1));
        }
        return switch (detector + " " + row.get("input")) {
            case "SSD 300x300" ->
                Optional.of(Models.builtIn().get("ssd300_vgg16").withClasses(classes + 1));
            case "SSD 512x512" -> Optional.of(SsdModels.ssd512(classes + 1));
            default -> Optional.empty();
        };
    }

    /** With the strides on the first 1×1 convolutions, as the first ResNets had them. */
    private static boolean caffe(Map<String, String> row) {
        return row.get("macs_by_part").contains("backbone+neck 800x1344:143526297600");
    }

    @Test
    void coversEveryRowButThoseOfOtherHeads() {
        assertThat(covered()).hasSize(14);
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
        long more = mmdet(row) ? TwoStageModels.BACKGROUND_BOX : 0;
        assertThat(graph.parameterCount()).isEqualTo(Long.parseLong(row.get("params")) + more);
        Map<String, Long> parts = Tables.numbers(row.get("params_by_part"));
        assertThat(trainable(graph, "backbone.")).isEqualTo(parts.get("backbone"));
        long norms = graph.parameters().stream()
                .filter(p -> p.name().endsWith("running_var")) // PyTorch counts the batches of each
                .count();
        String[] tensors = row.get("state_tensors").split("[^0-9]+", -1);
        assertThat(graph.parameters().size() + norms).isEqualTo(Integer.parseInt(tensors[0]));
        if (!row.get("params_frozen_bn").isEmpty()) { // torchvision's frozen norms have buffers only
            assertThat(trainable(graph, "") - affine(graph)).isEqualTo(Long.parseLong(row.get("params_frozen_bn")));
            assertThat(graph.parameters()).hasSize(Integer.parseInt(tensors[1]));
        }
    }

    private static boolean mmdet(Map<String, String> row) {
        return row.get("detector").equals("Faster R-CNN");
    }

    private static long trainable(Graph graph, String prefix) {
        return graph.parameters().stream()
                .filter(p -> p.isTrainable() && p.name().startsWith(prefix))
                .mapToLong(p -> p.shape().elements())
                .sum();
    }

    /** Scales and shifts of the norms. */
    private static long affine(Graph graph) {
        return graph.nodes().stream()
                .filter(n -> n.op() instanceof BatchNorm)
                .flatMap(n -> n.parameters().stream())
                .filter(ParameterSpec::isTrainable)
                .mapToLong(p -> p.shape().elements())
                .sum();
    }

    @ParameterizedTest
    @MethodSource("covered")
    void multipliesAsOftenAsPublished(Map<String, String> row) {
        Map<String, Long> parts = Tables.numbers(row.get("macs_by_part"));
        Map<String, Long> wanted = new HashMap<>();
        parts.forEach((part, macs) -> wanted.put(part.split(" [0-9]|,", -1)[0], macs));
        Matcher size = Pattern.compile(" (\\d+)x(\\d+):").matcher(row.get("macs_by_part"));
        assertThat(size.find()).isTrue();
        Graph graph = model(row).orElseThrow().inference();
        Analysis analysis =
                Analysis.of(graph, Shape.of(1, 3, Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2))));
        Map<String, Long> got = new HashMap<>();
        graph.nodes().forEach(n -> got.merge(part(n, wanted), analysis.macs(n), Long::sum));
        if (wanted.containsKey(BOX_HEAD)) {
            int regions = analysis.shape(graph.output("proposals")).n();
            assertThat(got.get(BOX_HEAD) % regions).isZero();
            long each = got.get(BOX_HEAD) / regions - (mmdet(row) ? 4 * 1024 : 0);
            got.put(BOX_HEAD, 1000 * each);
        }
        assertThat(got).isEqualTo(wanted);
    }

    private static String part(Node node, Map<String, Long> parts) {
        if (node.name().startsWith("roi_head")) {
            return BOX_HEAD;
        }
        boolean dense = node.name().matches("(rpn|head|rpn_head)\\..+");
        return parts.keySet().stream()
                .filter(p -> p.startsWith(dense ? "dense" : "backbone"))
                .findFirst()
                .orElseGet(() -> parts.keySet().iterator().next());
    }

    @ParameterizedTest
    @MethodSource("covered")
    void dividesItsParametersAsPublished(Map<String, String> row) {
        Graph graph = model(row).orElseThrow().inference();
        Tables.numbers(row.get("params_by_part")).forEach((part, count) -> {
            if (part.matches("neck|rpn.*|roi_heads?")) {
                boolean more = part.equals("roi_head");
                assertThat(trainable(graph, part + "."))
                        .as(part)
                        .isEqualTo(count + (more ? TwoStageModels.BACKGROUND_BOX : 0));
            }
        });
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
