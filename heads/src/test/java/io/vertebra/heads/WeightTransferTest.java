package io.vertebra.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.MobileNetV2;
import io.vertebra.backbones.Shared;
import io.vertebra.backbones.Vgg;
import io.vertebra.backbones.weights.LoadReport;
import io.vertebra.backbones.weights.SafetensorsWriter;
import io.vertebra.backbones.weights.SchemeInfo;
import io.vertebra.backbones.weights.Schemes;
import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.backbones.weights.WeightLoader;
import io.vertebra.backbones.weights.WeightsException;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.heads.detection.SsdHead;
import io.vertebra.heads.segmentation.FcnHead;
import io.vertebra.heads.segmentation.PyramidPoolingConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights of one model as the beginning of another. */
class WeightTransferTest {

    @TempDir
    Path folder;

    private static Graph training(Model model) {
        Assembly assembly = model.assembleForTraining();
        assembly.outputs().forEach(assembly.builder()::output);
        return assembly.builder().build();
    }

    /** The weights of a model with random values, as PyTorch would save them. */
    private Path saved(Model model) {
        Parameters parameters = Parameters.initialize(training(model), 3);
        SafetensorsWriter writer = new SafetensorsWriter();
        for (String name : parameters.names()) {
            writer.add(name, parameters.spec(name).shape().toArray(), parameters.get(name));
        }
        Path file = folder.resolve("weights.safetensors");
        writer.write(file);
        return file;
    }

    private record Loaded(LoadReport report, Parameters parameters) {}

    private static Loaded load(Path path, Model model, boolean training) {
        try (WeightFile file = WeightFile.open(path)) {
            SchemeInfo scheme = Schemes.builtIn().recognise(file);
            Parameters parameters = Parameters.initialize(training(model.with(scheme.conventions())), 5);
            WeightLoader loader = new WeightLoader(file, scheme);
            return new Loaded((training ? loader.replaceClassifier() : loader).load(parameters), parameters);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "deeplabv3_mobilenet_v2_voc.safetensors, 12, 1, 21 classes",
        "ssd_mobilenet_v1_0.75_coco.safetensors, 4, 6, 91 classes"
    })
    void publishedNetworksBeginWithOtherClasses(String file, int classes, int layers, String inFile) {
        Path path = Shared.path("weights/" + file);
        Model model;
        try (WeightFile weights = WeightFile.open(path)) {
            model = Models.builtIn()
                    .get(Schemes.builtIn().recognise(weights).architecture().orElseThrow());
        }
        Loaded loaded = load(path, model.withClasses(classes), true);
        assertThat(loaded.report().isComplete()).isTrue();
        assertThat(loaded.report().reinitialised())
                .hasSize(2 * layers)
                .allMatch(n -> n.matches("decode_head\\.conv_seg\\..+|bbox_head\\.cls_convs\\.\\d\\.0\\..+"));
        assertThat(loaded.report().loaded().size() + 2 * layers)
                .isEqualTo(loaded.parameters().names().size());
        assertThatThrownBy(() -> load(path, model.withClasses(classes), false))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("has " + inFile + ", the model wants " + classes + " (")
                .hasMessageEndingWith("only train replaces a classifier");
    }

    @Test
    void aClassifiersCheckpointFillsTheBackboneOfAnotherHead() {
        Path classifier = Shared.path("weights/mobilenet_v2_1.0_224_in1k.safetensors");
        Model model = Model.of(
                Backbones.builtIn().get("mobilenet_v2", new MobileNetV2.Config(null, 8, null, null, null, null, null)),
                Map.of(
                        "",
                        new HeadPart(
                                Heads.builtIn().get("fcn"), 3, Optional.of(new Auxiliary(null, null, null, null)))));
        Loaded loaded = load(classifier, model, true);
        LoadReport report = loaded.report();
        assertThat(report.isComplete()).isTrue();
        assertThat(report.loaded()).hasSize(255).allMatch(n -> n.startsWith("backbone.features."));
        assertThat(report.leftOut())
                .contains("classifier.1.weight", "features.18.0.weight")
                .hasSize(7);
        assertThat(report.reinitialised())
                .contains("decode_head.conv_seg.weight", "auxiliary_head.convs.0.conv.weight")
                .noneMatch(n -> n.startsWith("backbone."));
        assertThat(report.summary())
                .contains("255 parameters loaded")
                .contains("head initialised (" + report.reinitialised().size() + " parameters: decode_head.")
                .endsWith("7 of a head that the model does not have left out (features.18.0.weight,"
                        + " features.18.1.bias, features.18.1.weight, ...)");
        assertThatThrownBy(() -> load(classifier, model, false))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("missing (decode_head.");
    }

    @Test
    void aClassifiersCheckpointFillsAClassifierBesideOtherHeads() {
        Map<String, HeadPart> heads = new LinkedHashMap<>();
        heads.put("cls", HeadPart.of(Heads.builtIn().get("classifier"), 1001));
        heads.put("seg", HeadPart.of(Heads.builtIn().get("fcn"), 3));
        Model model = Model.of(Backbones.builtIn().get("mobilenet_v2"), heads);
        LoadReport report = load(Shared.path("weights/mobilenet_v2_1.0_224_in1k.safetensors"), model, true)
                .report();
        assertThat(report.leftOut()).isEmpty();
        assertThat(report.loaded()).contains("cls.classifier.1.weight", "cls.features.18.1.running_var");
        assertThat(report.reinitialised()).isNotEmpty().allMatch(n -> n.startsWith("seg.decode_head."));
    }

    @Test
    void theCheckpointOfAnotherDepthIsRefused() {
        Path file = saved(Models.builtIn().get("resnet34"));
        Model model =
                Model.of(Backbones.builtIn().get("resnet18"), Heads.builtIn().get("fcn"), 3);
        assertThatThrownBy(() -> load(file, model, true))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("unexpected (layer1.2.")
                .hasMessageEndingWith("; the file looks like resnet34");
    }

    @Tag("slow")
    @Test
    void vgg16BeginsSsd300() {
        Model small = Model.of(
                Backbones.builtIn().get("vgg16", new Vgg.Config(null, null, null, null, true, null)),
                Heads.builtIn()
                        .get("ssd")
                        .with(new SsdHead.Config(SsdHead.Style.TORCHVISION, null, null, null, null, null)),
                3);
        Path file = saved(Models.builtIn().get("vgg16").withClasses(2));
        Loaded loaded = load(file, small, true);
        assertThat(loaded.report().isComplete()).isTrue();
        assertThat(loaded.report().loaded()).hasSize(26).contains("backbone.extra.0.5.weight");
        assertThat(loaded.report().leftOut()).hasSize(6).contains("classifier.0.weight");
        assertThat(loaded.report().reinitialised())
                .contains("backbone.scale_weight", "backbone.extra.0.7.1.weight", "backbone.extra.4.2.bias")
                .doesNotContain("backbone.extra.0.5.weight");
        assertThat(loaded.parameters().get("backbone.scale_weight")).containsOnly(20f);
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({
        "fcn_resnet50, torchvision_segmentation",
        "deeplabv3_resnet101, torchvision_segmentation",
        "ssd300_vgg16, torchvision_ssd"
    })
    void torchvisionsNetworksAreRecognised(String name, String scheme) {
        Model model = Models.builtIn().get(name).withClasses(3);
        Path path = saved(model);
        try (WeightFile file = WeightFile.open(path)) {
            SchemeInfo info = Schemes.builtIn().recognise(file);
            assertThat(info.name()).isEqualTo(scheme);
            assertThat(info.architecture()).contains(name);
            assertThat(info.outputs()).hasValue(3);
        }
        assertThat(load(path, model, false).report().isComplete()).isTrue();
    }

    /** LR-ASPP has two last layers. */
    @ParameterizedTest
    @CsvSource({
        "mobilenet_v3_small, lraspp, 'classifier\\.(low|high)_classifier\\..+', 4",
        "resnet18, upernet, 'decode_head\\.conv_seg\\..+', 2"
    })
    void headsOfPyramidsTakeOtherClasses(String backbone, String head, String lastLayers, int count) {
        Model model =
                Model.of(Backbones.builtIn().get(backbone), Heads.builtIn().get(head), 3);
        Path file = saved(model);
        assertThat(load(file, model.withClasses(5), true).report().reinitialised())
                .hasSize(count)
                .allMatch(n -> n.matches(lastLayers));
        assertThatThrownBy(() -> load(file, model.withClasses(5), false))
                .hasMessageContaining("has 3 classes, the model wants 5");
    }

    @Test
    void aClassifiersConvNextFillsTheLevelsBelowTheirNorms() {
        Path file = saved(Models.builtIn().get("convnext_atto").withClasses(2));
        Model model = Model.of(
                Backbones.builtIn().get("convnext_atto"),
                Heads.builtIn().get("upernet").with(new PyramidPoolingConfig(null, 8, null, null)),
                3);
        LoadReport report = load(file, model, true).report();
        assertThat(report.isComplete()).isTrue();
        assertThat(report.leftOut())
                .containsExactlyInAnyOrder("head.norm.weight", "head.norm.bias", "head.fc.weight", "head.fc.bias");
        assertThat(report.reinitialised())
                .contains("backbone.norm0.weight", "backbone.norm3.bias")
                .allMatch(n -> n.matches("(decode_head|backbone\\.norm\\d)\\..+"));
    }

    private static Model torchvision() {
        FcnHead.Config config = new FcnHead.Config(FcnHead.Style.TORCHVISION, null, null, null, null, null);
        return Model.of(
                        Backbones.builtIn().get("resnet18"),
                        Heads.builtIn().get("fcn").with(config),
                        2)
                .with(Optional.of(new Auxiliary(null, null, null, null)));
    }

    @Test
    void anAuxiliaryHeadIsLeftOutWhereThereIsNone() {
        Model model = torchvision();
        LoadReport report =
                load(saved(model), model.with(Optional.empty()), false).report();
        assertThat(report.isComplete()).isTrue();
        assertThat(report.leftOut()).hasSize(7).allMatch(n -> n.startsWith("aux_classifier."));
    }

    @Test
    void oneHeadsWeightsFillOneOfSeveral() {
        Model single = torchvision().with(Optional.empty());
        Map<String, HeadPart> heads = new LinkedHashMap<>();
        heads.put("seg", single.part());
        heads.put("cls", HeadPart.of(Heads.builtIn().get("classifier"), 4));
        LoadReport report =
                load(saved(single), Model.of(single.backbone(), heads), true).report();
        assertThat(report.isComplete()).isTrue();
        assertThat(report.loaded()).contains("seg.classifier.4.weight", "backbone.conv1.weight");
        assertThat(report.reinitialised()).isEqualTo(List.of("cls.fc.weight", "cls.fc.bias"));
    }
}
