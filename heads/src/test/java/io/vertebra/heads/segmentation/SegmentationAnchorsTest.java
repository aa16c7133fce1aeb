package io.vertebra.heads.segmentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.MobileNetV2;
import io.vertebra.backbones.ResNet;
import io.vertebra.graph.Analysis;
import io.vertebra.graph.Graph;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import io.vertebra.heads.Assembly;
import io.vertebra.heads.Auxiliary;
import io.vertebra.heads.Head;
import io.vertebra.heads.HeadPart;
import io.vertebra.heads.Heads;
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

/** The counts of every network of {@code anchors/segmentation.tsv} whose head and form we have, and which ones we have not. */
class SegmentationAnchorsTest {

    /** Library, head and backbone of the rows with counts → why they are not covered, and how many there are. */
    private static final Map<String, Gap> GAPS = Map.of(
            "mmsegmentation \\S+ FPN .*", new Gap("another head", 2),
            "mmsegmentation \\S+ LRASPP .*", new Gap("another form of this head, with three levels", 2),
            "mmsegmentation \\S+ .* UNet-S5-D16", new Gap("another backbone: mmsegmentation's own U-Net", 13),
            "segmentation_models_pytorch \\S+ (UnetPlusPlus|FPN|Linknet|MAnet|PAN) .*", new Gap("other heads", 50),
            "segmentation_models_pytorch \\S+ PSPNet .*", new Gap("counts stages that never run", 10),
            "segmentation_models_pytorch \\S+ UPerNet .*",
                    new Gap("another form of this head, with norms of its own", 10));

    /** Why rows are not covered, and how many. */
    private record Gap(String why, int rows) {}

    /** A row and our model for it. */
    record Covered(Map<String, String> row, Model model) {
        @Override
        public String toString() {
            return String.join(
                    " ",
                    row.get("library"),
                    row.get("head"),
                    row.get("backbone"),
                    row.get("dataset"),
                    row.get("classes"));
        }
    }

    static Stream<Covered> covered() {
        return counted().flatMap(row -> model(row).map(m -> new Covered(row, m)).stream());
    }

    private static Stream<Map<String, String>> counted() {
        return Tables.read("segmentation.tsv").stream()
                .filter(row -> !row.get("params").isEmpty());
    }

    private static Optional<Model> model(Map<String, String> row) {
        int classes = Integer.parseInt(row.get("classes"));
        return switch (row.get("library").split(" ", -1)[0]) {
            case "torchvision" -> torchvision(row.get("head") + "_" + row.get("backbone"));
            case "mmsegmentation", "ConvNeXt" -> mmsegmentation(row.get("head"), row.get("backbone"), classes);
            case "segmentation_models_pytorch" -> smp(row.get("head"), row.get("backbone"), classes);
            default -> Optional.empty();
        };
    }

    private static Optional<Model> torchvision(String name) {
        Models models = Models.builtIn();
        return models.names().contains(name) ? Optional.of(models.get(name)) : Optional.empty();
    }

    /** "R-50-D8" is the form with three convolutions in its stem. */
    private static Optional<Model> mmsegmentation(String head, String backbone, int classes) {
        Map<String, String> names = Map.of(
                "FCN", "fcn",
                "DeepLabV3", "deeplabv3",
                "DeepLabV3+", "deeplabv3plus",
                "PSPNet", "pspnet",
                "UPerNet", "upernet");
        Optional<Backbone<?>> found = mmsegmentation(backbone);
        if (!names.containsKey(head) || found.isEmpty()) {
            return Optional.empty();
        }
        boolean narrow = backbone.equals("R-18-D8"); // of FCN alone there are counts
        Head<?> layers = narrow
                ? Heads.builtIn().get(names.get(head)).with(new FcnHead.Config(null, 128, null, null, null, null))
                : Heads.builtIn().get(names.get(head));
        Auxiliary auxiliary = new Auxiliary(null, narrow ? 64 : null, null, null);
        return Optional.of(Model.of(found.get(), Map.of("", new HeadPart(layers, classes, Optional.of(auxiliary)))));
    }

    private static Optional<Backbone<?>> mmsegmentation(String backbone) {
        return switch (backbone) {
            case "R-18-D8" -> Optional.of(resnet("resnet18", 8, true));
            case "R-50-D8" -> Optional.of(resnet("resnet50", 8, true));
            case "R-101-D8" -> Optional.of(resnet("resnet101", 8, true));
            case "R-50" -> Optional.of(resnet("resnet50", 32, true));
            case "R-101" -> Optional.of(resnet("resnet101", 32, true));
            case "M-V2-D8" -> Optional.of(mobileNet(8, false));
            default ->
                backbone.startsWith("ConvNeXt-")
                        ? Optional.of(Backbones.builtIn().get("convnext_" + backbone.substring(9)))
                        : Optional.empty();
        };
    }

    private static Optional<Model> smp(String head, String backbone, int classes) {
        Heads heads = Heads.builtIn();
        return switch (head) {
            case "Unet" -> Optional.of(Model.of(encoder(backbone, 32), heads.get("unet"), classes));
            case "DeepLabV3" ->
                Optional.of(Model.of(
                        encoder(backbone, 8),
                        heads.get("deeplabv3")
                                .with(new DeepLabV3Head.Config(
                                        DeepLabV3Head.Style.TORCHVISION, null, null, null, null)),
                        classes));
            case "DeepLabV3Plus" ->
                Optional.of(Model.of(
                        encoder(backbone, 16),
                        heads.get("deeplabv3plus")
                                .with(new DeepLabV3PlusHead.Config(
                                        DeepLabV3PlusHead.Style.SMP, null, null, null, null, null)),
                        classes));
            default -> Optional.empty();
        };
    }

    /** smp's MobileNet V2 ends one convolution later than our pyramid, timm's. */
    private static Backbone<?> encoder(String name, int outputStride) {
        return name.equals("mobilenet_v2") ? mobileNet(outputStride, true) : resnet(name, outputStride, false);
    }

    private static Backbone<?> mobileNet(int outputStride, boolean lastConvolution) {
        return Backbones.builtIn()
                .get(
                        "mobilenet_v2",
                        new MobileNetV2.Config(null, outputStride, null, null, null, lastConvolution, null));
    }

    private static Backbone<?> resnet(String name, int outputStride, boolean deepStem) {
        return Backbones.builtIn().get(name, new ResNet.Config(outputStride, null, null, null, null, deepStem, null));
    }

    @Test
    void coversEveryRowButThoseOfOtherForms() {
        assertThat(covered()).hasSize(6 + 86 + 6 + 30);
        Map<String, Integer> missing = new HashMap<>();
        counted()
                .filter(row -> model(row).isEmpty())
                .map(row -> String.join(" ", row.get("library"), row.get("head"), row.get("backbone")))
                .forEach(name -> missing.merge(
                        GAPS.keySet().stream().filter(name::matches).findFirst().orElse(name), 1, Integer::sum));
        assertThat(missing)
                .isEqualTo(GAPS.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, gap -> gap.getValue().rows())));
    }

    @ParameterizedTest
    @MethodSource("covered")
    void hasThePublishedCounts(Covered covered) {
        Map<String, String> row = covered.row();
        Graph graph = covered.model().inference();
        assertThat(graph.parameterCount()).isEqualTo(Long.parseLong(row.get("params")));
        Tables.numbers(row.get("macs")).forEach((size, macs) -> {
            String[] sides = size.split("x", -1);
            Shape picture = Shape.of(1, 3, Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
            assertThat(Analysis.of(graph, picture).macs()).as(size).isEqualTo(macs);
        });
        Graph training = training(covered.model());
        assertThat(training.parameterCount()).isEqualTo(Long.parseLong(row.get("params_with_aux")));
        if (!row.get("params_backbone").isEmpty()) {
            assertThat(count(graph, "backbone.")).isEqualTo(Long.parseLong(row.get("params_backbone")));
            assertThat(graph.parameterCount() - count(graph, "backbone."))
                    .isEqualTo(Long.parseLong(row.get("params_head")));
        }
        if (!row.get("state_tensors").isEmpty()) { // six rows repeat another's graph under other names
            assertThat(row.get("state_tensors")).contains(String.valueOf(stateTensors(training)));
        }
        if (row.get("state_tensors").contains("with")) {
            assertThat(row.get("state_tensors")).startsWith(stateTensors(graph) + " (");
        }
    }

    private static Graph training(Model model) {
        Assembly assembly = model.assembleForTraining();
        assembly.outputs().forEach(assembly.builder()::output);
        return assembly.builder().build();
    }

    private static long count(Graph graph, String scope) {
        return graph.parameters().stream()
                .filter(p -> p.isTrainable() && p.name().startsWith(scope))
                .mapToLong(p -> p.shape().elements())
                .sum();
    }

    /** With the counter of batches that PyTorch keeps beside each norm's statistics. */
    private static long stateTensors(Graph graph) {
        List<String> names =
                graph.parameters().stream().map(ParameterSpec::name).toList();
        return names.size()
                + names.stream().filter(n -> n.endsWith("running_var")).count();
    }
}
