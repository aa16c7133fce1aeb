package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.TimmNames;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The names that every backbone has, and those that other programs give them. */
class SchemeSpellingsTest {
    private static final Schemes SCHEMES = Schemes.builtIn();
    private static final int CLASSES = 7;

    static List<String> names() {
        return Backbones.builtIn().names();
    }

    /** TensorFlow's forms differ by padding and ε, which no name tells. */
    private static String told(String model) {
        return model.replaceFirst("^tf_(efficientnet_b\\d)$", "$1")
                .replaceFirst("^tf_efficientnetv2_([sml])$", "efficientnet_v2_$1")
                .replaceFirst("^tf_(mobilenetv3_(?:small|large)_075)$", "$1")
                .replaceFirst("^tf_mobilenetv3_(small|large)_100$", "mobilenet_v3_$1");
    }

    private static Graph classifier(String model, int classes) {
        GraphBuilder g = new GraphBuilder();
        Backbone<?> backbone = Backbones.builtIn().get(model);
        Node input = g.image(backbone.config().inChannels(), Shape.ANY, Shape.ANY);
        g.output("logits", backbone.classifier(backbone.features(backbone.build(input, g), g), classes, g));
        return g.build();
    }

    private static Map<String, List<Integer>> shapes(String model, int classes) {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        for (ParameterSpec p : classifier(model, classes).parameters()) {
            shapes.put(p.name(), p.shape().extents());
        }
        return shapes;
    }

    /** Loads strictly: every tensor has its place, and every place its tensor. */
    private static LoadReport load(MemoryFile file, String model, int classes) {
        Parameters parameters = Parameters.zeros(classifier(model, classes));
        return new WeightLoader(file, SCHEMES.recognise(file)).load(parameters);
    }

    @ParameterizedTest
    @MethodSource("names")
    void tellEveryBackboneByItsOwnNames(String model) {
        MemoryFile file = MemoryFile.of(shapes(model, CLASSES));
        SchemeInfo info = SCHEMES.recognise(file);

        assertThat(info.architecture()).contains(told(model));
        assertThat(info.outputs()).hasValue(CLASSES);
        assertThat(info.conventions().samePadding()).isFalse();
        CanonicalFile canonical = new CanonicalFile(file, info);
        assertThat(canonical.shapes()).isEqualTo(shapes(model, CLASSES));
    }

    @ParameterizedTest
    @CsvSource({
        "timm mobilenetv3_large_100, timm_mobilenet_v3_large, mobilenet_v3_large, 1e-5",
        "timm efficientnet_b0, timm_efficientnet, efficientnet_b0, 1e-5",
        "timm efficientnetv2_s, timm_efficientnet_v2_s, efficientnet_v2_s, 1e-5",
        "timm tf_efficientnetv2_b0, timm_efficientnet_v2_s, tf_efficientnetv2_b0,",
        "timm convnext_tiny, timm_convnext, convnext_tiny,",
        "timm convnext_nano, timm_convnext, convnext_nano,",
        "timm convnext_atto, timm_convnext, convnext_atto,",
        "torchvision convnext_tiny, torchvision_convnext, convnext_tiny,",
        "torchvision densenet121, torchvision_densenet, densenet121,",
        "torchvision densenet161, torchvision_densenet, densenet161,",
        "timm seresnet50, timm_seresnet, seresnet50,",
        "timm skresnet18, timm_skresnet, skresnet18,",
        "timm skresnet50, timm_skresnet, skresnet50,",
        "timm skresnext50_32x4d, timm_skresnet, skresnext50_32x4d,",
        "timm legacy_seresnet18, timm_legacy_seresnet, legacy_seresnet18,",
        "timm legacy_senet154, timm_legacy_seresnet, legacy_senet154,",
        "timm legacy_seresnet50, timm_legacy_seresnet, legacy_seresnet50,",
        "pytorchcv bninception, pytorchcv_bninception, bninception,",
        "timm inception_v4, timm_inception_v4, inception_v4,",
        "timm inception_resnet_v2, timm_inception_resnet_v2, inception_resnet_v2,",
        "timm legacy_xception, timm_xception, legacy_xception,",
        "timm xception41, timm_aligned_xception, xception41,",
        "timm tf_mobilenetv3_small_minimal_100, timm_mobilenet_v3_minimal, tf_mobilenetv3_small_minimal_100,",
        "torchvision mobilenet_v3_small, torchvision, mobilenet_v3_small,",
        "torchvision mobilenet_v3_large, torchvision, mobilenet_v3_large,",
        "torchvision efficientnet_b0, torchvision, efficientnet_b0,",
        "torchvision efficientnet_v2_s, torchvision, efficientnet_v2_s,",
        "torchvision shufflenet_v2_x0_5, torchvision, shufflenet_v2_x0_5,",
        "pytorchcv condensenet74_c8_g8, pytorchcv_condensenet, condensenet74_c8_g8,",
        "pytorchcv shufflenet_g3_w1, pytorchcv_shufflenet, shufflenet_g3_w1,",
        "pytorchcv zfnet, pytorchcv_zfnet, zfnet,",
        "own nin, nin, nin,",
        "torchvision regnet_y_400mf, torchvision, regnet_y_400mf,",
        "timm regnety_004, timm_regnet, regnet_y_400mf,",
        "torchvision mnasnet1_0, torchvision, mnasnet1_0,",
        "timm mnasnet_100, timm_mnasnet, mnasnet1_0,",
        "torchvision squeezenet1_0, torchvision, squeezenet1_0,",
    })
    void bringPublishedStateDictsToOurNames(String network, String scheme, String model, Double epsilon) {
        MemoryFile file = MemoryFile.of(Fixtures.stateDict(network));
        SchemeInfo info = SCHEMES.recognise(file);

        assertThat(info.name()).isEqualTo(scheme);
        assertThat(info.architecture()).contains(model);
        assertThat(info.outputs()).hasValue(1000);
        assertThat(info.conventions().normEpsilon()).isEqualTo(epsilon);
        assertThat(new CanonicalFile(file, info).shapes()).isEqualTo(shapes(model, 1000));
    }

    /** {@code norm.1} was a name of the module; files that are older than torch 0.4 have it. */
    @Test
    void bringOldNamesOfDenseNetToTheNewOnes() {
        Map<String, List<Integer>> old = new LinkedHashMap<>();
        Fixtures.stateDict("torchvision densenet121")
                .forEach((name, shape) ->
                        old.put(name.replaceFirst("(denselayer\\d+\\.(?:norm|conv))([12])", "$1.$2"), shape));
        assertThat(old)
                .containsKeys(
                        "features.denseblock1.denselayer1.norm.1.weight",
                        "features.denseblock4.denselayer16.conv.2.weight");
        SchemeInfo info = SCHEMES.recognise(MemoryFile.of(old));
        assertThat(info.architecture()).contains("densenet121");
        assertThat(new CanonicalFile(MemoryFile.of(old), info).shapes()).isEqualTo(shapes("densenet121", 1000));
    }

    /** The authors' spelling, made from timm's: they have linear layers and no word {@code blocks}. */
    @ParameterizedTest
    @ValueSource(strings = {"convnext_tiny", "convnext_small", "convnext_xlarge"})
    void bringTheConvNeXtOfItsAuthorsToOurNames(String model) {
        Map<String, List<Integer>> authors = new LinkedHashMap<>();
        shapes(model, 1000)
                .forEach((name, shape) -> authors.put(
                        name.replaceFirst("^stem\\.", "downsample_layers.0.")
                                .replaceFirst("^stages\\.(\\d)\\.downsample", "downsample_layers.$1")
                                .replaceFirst("\\.blocks\\.", ".")
                                .replace("conv_dw", "dwconv")
                                .replace("mlp.fc", "pwconv")
                                .replace("head.norm", "norm")
                                .replace("head.fc", "head"),
                        name.matches(".+mlp\\.fc[12]\\.weight") ? shape.subList(0, 2) : shape));
        MemoryFile file = MemoryFile.of(authors);
        SchemeInfo info = SCHEMES.recognise(file);
        assertThat(info.name()).isEqualTo("authors_convnext");
        assertThat(info.architecture()).contains(model);
        assertThat(info.outputs()).hasValue(1000);
        assertThat(new CanonicalFile(file, info).shapes()).isEqualTo(shapes(model, 1000));
    }

    /** timm's spelling of the networks that it shares with torchvision, or has in further widths, depths and paddings. */
    @ParameterizedTest
    @CsvSource({
        "mobilenetv2_035, timm_mobilenet_v2,",
        "mobilenetv2_110d, timm_mobilenet_v2_110d,",
        "mobilenetv2_120d, timm_mobilenet_v2_120d,",
        "mobilenet_v3_small, timm_mobilenet_v3_small, 1e-5",
        "mobilenetv3_small_050, timm_mobilenet_v3_small, 1e-5",
        "mobilenetv3_small_075, timm_mobilenet_v3_small, 1e-5",
        "mobilenetv3_large_075, timm_mobilenet_v3_large, 1e-5",
        "tf_mobilenetv3_small_075, timm_mobilenet_v3_small,",
        "tf_mobilenetv3_small_100, timm_mobilenet_v3_small,",
        "tf_mobilenetv3_large_075, timm_mobilenet_v3_large,",
        "tf_mobilenetv3_large_100, timm_mobilenet_v3_large,",
        "efficientnet_b1, timm_efficientnet, 1e-5",
        "efficientnet_b7, timm_efficientnet, 1e-5",
        "efficientnet_v2_m, timm_efficientnet_v2_m, 1e-5",
        "efficientnet_v2_l, timm_efficientnet_v2_m, 1e-5",
        "tf_efficientnet_b0, timm_efficientnet,",
        "tf_efficientnet_b7, timm_efficientnet,",
        "tf_efficientnetv2_s, timm_efficientnet_v2_s,",
        "tf_efficientnetv2_b0, timm_efficientnet_v2_s,",
        "tf_efficientnetv2_b1, timm_efficientnet_v2_s,",
        "tf_efficientnetv2_b2, timm_efficientnet_v2_s,",
        "tf_efficientnetv2_b3, timm_efficientnet_v2_s,",
        "tf_efficientnetv2_m, timm_efficientnet_v2_m,",
        "tf_efficientnetv2_l, timm_efficientnet_v2_m,"
    })
    void bringTimmsSpellingToTorchvisions(String model, String scheme, Double epsilon) {
        Map<String, List<Integer>> ours = shapes(model, 1000);
        Map<String, List<Integer>> timm = new LinkedHashMap<>();
        ours.forEach((name, shape) -> {
            boolean isHead = name.equals("classifier.0.weight"); // a convolution there
            timm.put(TimmNames.of(model, name), isHead ? List.of(shape.get(0), shape.get(1), 1, 1) : shape);
        });
        assertThat(timm).hasSameSizeAs(ours);
        MemoryFile file = MemoryFile.of(timm);
        SchemeInfo told = SCHEMES.recognise(file);
        assertThat(told.architecture()).contains(told(model));
        SchemeInfo info = told.forModel(model);
        assertThat(info.name()).isEqualTo(scheme);
        assertThat(info.conventions()).isEqualTo(new Conventions(false, epsilon, false));
        assertThat(new CanonicalFile(file, info).shapes()).isEqualTo(ours);
        if (!told(model).equals(model)) {
            assertThat(info.architecture()).contains(model);
            assertThat(told.conventions().normEpsilon()).isEqualTo(1e-5);
        }
    }

    @Test
    void keepTheValuesOfLayersThatOnlyLoseOnes() {
        MemoryFile file = MemoryFile.of(Fixtures.stateDict("torchvision convnext_tiny"));
        CanonicalFile canonical = new CanonicalFile(file, SCHEMES.recognise(file));
        assertThat(canonical.read("stages.0.blocks.0.gamma"))
                .startsWith(0, 1, 2)
                .hasSize(96);
        assertThat(canonical.read("stages.0.blocks.0.mlp.fc1.weight"))
                .startsWith(0, 1, 2)
                .hasSize(384 * 96);
    }

    /** A rule that no file needs is a mistake or dead. */
    @ParameterizedTest
    @CsvSource({
        "torchvision convnext_tiny, torchvision_convnext",
        "timm convnext_tiny, timm_convnext",
        "timm mobilenetv3_large_100, timm_mobilenet_v3_large",
        "timm efficientnet_b0, timm_efficientnet",
        "timm efficientnetv2_s, timm_efficientnet_v2_s",
        "timm regnety_004, timm_regnet",
        "timm mnasnet_100, timm_mnasnet"
    })
    void useEveryRuleOfTheirs(String network, String scheme) {
        Scheme used = SCHEMES.named(scheme).orElseThrow();
        Set<Rule> rules = new HashSet<>();
        Fixtures.stateDict(network).keySet().forEach(name -> used.rename(name).ifPresent(r -> rules.add(r.rule())));
        assertThat(rules).containsAll(used.rules());
    }

    @ParameterizedTest
    @CsvSource({"googlenet, aux1.fc2.weight, 0.5", "inception_v3, AuxLogits.fc.weight, 0.5"})
    void leaveAuxiliaryHeadsOutThatTheModelDoesNotHave(String model, String head, double mean) {
        Map<String, List<Integer>> published = Fixtures.stateDict("torchvision " + model);
        assertThat(published).containsKey(head);
        MemoryFile file = MemoryFile.of(published);
        LoadReport report = load(file, model, 1000);

        assertThat(report.isComplete()).isTrue();
        assertThat(report.leftOut())
                .contains(head)
                .allMatch(name -> name.startsWith("aux") || name.startsWith("AuxLogits"));
        assertThat(report.summary()).contains(" of a head that the model does not have left out (");
        assertThat(report.scheme().preprocessing().orElseThrow().mean()).containsOnly(mean);
    }
}
