package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Conventions;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemesTest {

    private final Schemes schemes = Schemes.builtIn();

    @ParameterizedTest
    @CsvSource({
        "torchvision resnet18, torchvision, resnet18, 1000",
        "torchvision resnet50, torchvision, resnet50, 1000",
        "torchvision resnext50_32x4d, torchvision, resnext50_32x4d, 1000",
        "torchvision mobilenet_v2, torchvision, mobilenet_v2, 1000",
        "torchvision squeezenet1_1, torchvision, squeezenet1_1, 1000",
        "torchvision squeezenet1_0, torchvision, squeezenet1_0, 1000",
        "torchvision vgg16, torchvision, vgg16, 1000",
        "torchvision vgg11_bn, torchvision, vgg11_bn, 1000",
        "torchvision-segmentation fcn_resnet50, torchvision_segmentation, fcn_resnet50, 21",
        "torchvision-segmentation deeplabv3_resnet50, torchvision_segmentation, deeplabv3_resnet50, 21",
        "torchvision-segmentation deeplabv3_mobilenet_v3_large, torchvision_segmentation, deeplabv3_mobilenet_v3_large, 21",
        "torchvision-segmentation lraspp_mobilenet_v3_large, torchvision_segmentation, lraspp_mobilenet_v3_large, 21",
        "timm resnet50c, timm_resnet, resnet50c, 1000",
        "timm resnet50d, timm_resnet, resnet50d, 1000",
        "timm mobilenetv1_100 channel_multiplier=0.25, timm_mobilenet_v1, mobilenetv1_025, 1000",
        "timm mobilenetv2_050, timm_mobilenet_v2, mobilenetv2_050, 1000",
        "akamaster resnet20, cifar_resnet, resnet20_cifar, 10",
        "pytorchcv nin_cifar10, pytorchcv_nin, nin_cifar10, 10",
    })
    void recogniseStateDicts(String network, String scheme, String architecture, int classes) {
        SchemeInfo info = schemes.recognise(MemoryFile.of(Fixtures.stateDict(network)));

        assertThat(info.name()).isEqualTo(scheme);
        assertThat(info.architecture().orElse(null)).isEqualTo(architecture);
        assertThat(info.classes()).isEqualTo(OptionalInt.of(classes));
        assertThat(info.conventions())
                .isEqualTo(new Conventions(false, info.normEpsilon().isPresent() ? 1e-5 : null, false));
    }

    @ParameterizedTest
    @CsvSource({
        "resnet34, 3 4 6 3, 2, 64x64",
        "resnet101, 3 4 23 3, 3, 64x64",
        "resnet152, 3 8 36 3, 3, 64x64",
        "wide_resnet50_2, 3 4 6 3, 3, 128x128",
        "wide_resnet101_2, 3 4 23 3, 3, 128x128",
        "resnext101_32x8d, 3 4 23 3, 3, 256x8",
        "resnext101_64x4d, 3 4 23 3, 3, 256x4"
    })
    void tellResNetsApart(String architecture, String depths, int convolutions, String second) {
        Map<String, List<Integer>> names =
                new LinkedHashMap<>(Map.of("conv1.weight", List.of(64, 3, 7, 7), "bn1.weight", List.of(64)));
        String[] blocks = depths.split(" ", -1);
        for (int stage = 0; stage < 4; stage++) {
            for (int block = 0; block < Integer.parseInt(blocks[stage]); block++) {
                for (int i = 1; i <= convolutions; i++) {
                    names.put("layer" + (stage + 1) + "." + block + ".conv" + i + ".weight", List.of(1, 1, 1, 1));
                }
            }
        }
        String[] extents = second.split("x", -1);
        names.put("layer1.0.conv2.weight", List.of(Integer.valueOf(extents[0]), Integer.valueOf(extents[1]), 3, 3));

        SchemeInfo info = schemes.recognise(MemoryFile.of(names));
        assertThat(info.architecture()).contains(architecture);
        assertThat(info.classes()).isEmpty();
    }

    /** Names and shapes that tell mmsegmentation's networks apart, of files of hundreds of tensors. */
    @ParameterizedTest
    @CsvSource({
        "pspnet, 6, 150, pspnet_resnet50_ade20k",
        "pspnet, 23, 19, pspnet_resnet101_cityscapes",
        "pspnet, 6, 21, pspnet_resnet50_voc",
        "pspnet, 36, 21, ",
        "pspnet, 6, 7, ",
        "upernet, 6, 150, upernet_resnet50_ade20k",
        "upernet, 23, 150, upernet_resnet101_ade20k",
        "upernet, 6, 19, upernet_resnet50_cityscapes",
        "upernet, 23, 21, upernet_resnet101_voc"
    })
    void tellMmsegmentationsNetworksApart(String head, int depth, int classes, String architecture) {
        Map<String, List<Integer>> names = new LinkedHashMap<>();
        names.put("backbone.stem.0.weight", List.of(32, 3, 3, 3));
        names.put("backbone.layer4.0.conv1.weight", List.of(512, 1024, 1, 1));
        for (int block = 0; block < depth; block++) {
            names.put("backbone.layer3." + block + ".conv3.weight", List.of(1024, 256, 1, 1));
        }
        names.put("decode_head.psp_modules.3.1.conv.weight", List.of(512, 2048, 1, 1));
        names.put("decode_head.conv_seg.weight", List.of(classes, 512, 1, 1));
        if (head.equals("upernet")) {
            names.put("decode_head.lateral_convs.0.conv.weight", List.of(512, 256, 1, 1));
        }
        SchemeInfo info = schemes.recognise(MemoryFile.of(names));
        assertThat(info.name()).isEqualTo("mmsegmentation");
        assertThat(info.architecture()).isEqualTo(Optional.ofNullable(architecture));
        assertThat(info.classes()).hasValue(classes);
    }

    /** The authors' files, and those of the toolbox, which spells two names out. */
    @ParameterizedTest
    @CsvSource({
        "dwconv, pwconv, 9, 96, tiny",
        "depthwise_conv, pointwise_conv, 9, 96, tiny",
        "dwconv, pwconv, 27, 96, small",
        "dwconv, pwconv, 27, 128, base",
        "depthwise_conv, pointwise_conv, 27, 192, large",
        "dwconv, pwconv, 27, 256, xlarge"
    })
    void readConvNextsBelowHeads(String depthwise, String pointwise, int depth, int width, String size) {
        Map<String, List<Integer>> names = new LinkedHashMap<>();
        names.put("backbone.downsample_layers.0.0.weight", List.of(width, 3, 4, 4));
        names.put("backbone.downsample_layers.2.1.bias", List.of(4 * width));
        names.put("backbone.stages.0.0." + depthwise + ".weight", List.of(width, 1, 7, 7));
        names.put("backbone.stages.0.0." + pointwise + "2.weight", List.of(width, 4 * width));
        names.put("backbone.stages.0.0." + pointwise + "1.bias", List.of(4 * width));
        names.put("backbone.stages.0.0.norm.bias", List.of(width));
        for (int block = 0; block < depth; block++) {
            names.put("backbone.stages.2." + block + ".gamma", List.of(4 * width));
        }
        names.put("backbone.norm0.weight", List.of(width));
        names.put("backbone.norm3.weight", List.of(8 * width));
        names.put("decode_head.lateral_convs.0.conv.weight", List.of(512, width, 1, 1));
        names.put("decode_head.conv_seg.weight", List.of(150, 512, 1, 1));
        names.put("auxiliary_head.conv_seg.bias", List.of(150));
        MemoryFile file = MemoryFile.of(names);
        SchemeInfo info = schemes.recognise(file);
        assertThat(info.name()).isEqualTo("authors_convnext_dense");
        assertThat(info.architecture()).contains("upernet_convnext_" + size + "_ade20k");
        CanonicalFile canonical = canonical(file);
        assertThat(canonical.unmapped()).isEmpty();
        assertThat(canonical.names())
                .contains(
                        "backbone.stem.0.weight",
                        "backbone.stages.2.downsample.1.bias",
                        "backbone.stages.0.blocks.0.conv_dw.weight",
                        "backbone.stages.0.blocks.0.mlp.fc1.bias",
                        "backbone.stages.0.blocks.0.norm.bias",
                        "backbone.stages.2.blocks.8.gamma",
                        "backbone.norm3.weight",
                        "decode_head.conv_seg.weight",
                        "auxiliary_head.conv_seg.bias");
        assertThat(canonical.shape("backbone.stages.0.blocks.0.mlp.fc2.weight"))
                .isEqualTo(List.of(width, 4 * width, 1, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pytorchcv mobilenet_w1", "pytorchcv resnet20_cifar10"})
    void refuseOtherNetworks(String network) {
        assertThatThrownBy(() -> schemes.recognise(MemoryFile.of(Fixtures.stateDict(network))))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith("memory: has names of no known scheme (")
                .hasMessageContaining(", ...); known are vertebra, torchvision, torchvision_densenet, ");
    }

    @Test
    void mapTimmsMobileNetV2ToTorchvisionsNames() {
        CanonicalFile file = canonical(MemoryFile.of(Fixtures.stateDict("timm mobilenetv2_050")));
        Map<String, List<Integer>> torchvision = withoutCounters(Fixtures.stateDict("torchvision mobilenet_v2"));

        assertThat(file.names()).containsExactlyInAnyOrderElementsOf(torchvision.keySet());
        assertThat(file.unmapped()).isEmpty();
        torchvision.forEach(
                (name, shape) -> assertThat(file.shape(name)).as(name).hasSameSizeAs(shape));
        assertThat(file.shape("features.17.conv.1.0.weight")).isEqualTo(List.of(480, 1, 3, 3));
        assertThat(file.shape("features.1.conv.1.weight").get(1)).isEqualTo(16);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "torchvision resnet50",
                "timm mobilenetv1_100 channel_multiplier=0.25",
                "akamaster resnet20",
                "torchvision squeezenet1_1",
                "torchvision vgg16",
                "torchvision vgg11_bn"
            })
    void leaveCanonicalNamesAlone(String network) {
        Map<String, List<Integer>> names = Fixtures.stateDict(network);
        CanonicalFile file = canonical(MemoryFile.of(names));

        assertThat(file.names()).isEqualTo(withoutCounters(names).keySet());
        file.names().forEach(name -> assertThat(file.shape(name)).isEqualTo(names.get(name)));
    }

    @ParameterizedTest
    @CsvSource({"module., module.", "_orig_mod., _orig_mod.", "_orig_mod.module., _orig_mod.module.", "'', ''"})
    void passOverThePrefixOfWrappers(String before, String prefix) {
        Map<String, List<Integer>> names = new LinkedHashMap<>();
        Fixtures.stateDict("akamaster resnet20").forEach((name, shape) -> names.put(before + name, shape));
        MemoryFile file = MemoryFile.of(names);
        SchemeInfo info = schemes.recognise(file);

        assertThat(info.name()).isEqualTo("cifar_resnet");
        assertThat(info.prefix()).isEqualTo(prefix);
        assertThat(new CanonicalFile(file, info).names()).contains("linear.weight", "layer3.2.bn2.running_var");
    }

    @Test
    void dropAPrefixOnlyIfAllNamesHaveIt() {
        assertThat(SchemeInfo.commonPrefix(List.of("module.a", "b"))).isEmpty();
        assertThat(SchemeInfo.commonPrefix(List.of("module.", "module.b"))).isEmpty();
        assertThat(SchemeInfo.commonPrefix(List.of())).isEmpty();
        assertThat(SchemeInfo.commonPrefix(List.of("module.module.a"))).isEqualTo("module.module.");
    }

    @Test
    void refuseAmbiguity() throws IOException {
        String body = "\",\"about\":\"t\",\"recognise\":[{\"all\":[\"a\"]}],\"rules\":[{\"from\":\"a\",\"to\":\"b\"}]}";
        Schemes two =
                new Schemes(List.of(Schemes.parse("{\"name\":\"one" + body), Schemes.parse("{\"name\":\"two" + body)));

        assertThatThrownBy(() -> two.recognise(MemoryFile.of(Map.of("a", List.of()))))
                .isInstanceOf(WeightsException.class)
                .hasMessage("memory: fits more than one naming scheme: one, two");
        assertThatThrownBy(() -> new Schemes(List.of(two.all().get(0), two.all().get(0))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(two.named("two")).contains(two.all().get(1));
        assertThat(two.named("three")).isEmpty();
        assertThatThrownBy(() -> two.recognise(MemoryFile.of(Map.of())))
                .hasMessage("memory: has names of no known scheme (no tensors); known are one, two");
    }

    /** A rule that no file needs is a mistake or dead. */
    @Test
    void useEveryRuleOfTheirs() {
        Map<String, Set<String>> names = Map.of(
                "keras_mobilenet_v1", fileNames("mobilenet_v1_0.75_224_in1k.safetensors"),
                "tensorflow_mobilenet_v2", fileNames("mobilenet_v2_1.0_224_in1k.safetensors"),
                "onnx_squeezenet1_1", fileNames("squeezenet1_1_in1k.safetensors"),
                "tensorflow_deeplab_mobilenet_v2", fileNames("deeplabv3_mobilenet_v2_voc.safetensors"),
                "tensorflow_ssd_mobilenet_v1", fileNames("ssd_mobilenet_v1_0.75_coco.safetensors"),
                "timm_mobilenet_v2", Fixtures.stateDict("timm mobilenetv2_050").keySet());
        names.forEach((scheme, inFile) -> {
            Set<Rule> used = new HashSet<>();
            inFile.forEach(
                    name -> schemes.named(scheme).orElseThrow().rename(name).ifPresent(r -> used.add(r.rule())));
            assertThat(used)
                    .as(scheme)
                    .containsAll(schemes.named(scheme).orElseThrow().rules());
        });
    }

    @Test
    void bringTheirFactsThroughTheMetadataOfAFile() {
        try (WeightFile original = WeightFile.open(Fixtures.shared("weights/mobilenet_v2_1.0_224_in1k.safetensors"))) {
            SchemeInfo info = schemes.recognise(original);
            MemoryFile ours = MemoryFile.of(
                    Map.of("classifier.1.weight", List.of(1001, 1280), "backbone.x", List.of(1)), info.toMetadata());
            SchemeInfo back = schemes.recognise(ours);

            assertThat(back.name()).isEqualTo("vertebra");
            assertThat(back.architecture()).contains("mobilenet_v2");
            assertThat(back.outputs()).hasValue(1001);
            assertThat(back.classes()).hasValue(1000);
            assertThat(back.conventions())
                    .isEqualTo(info.conventions())
                    .isEqualTo(new Conventions(true, 0x1p-10, true));
            assertThat(back.preprocessing()).isEqualTo(info.preprocessing());
            assertThat(back.toMetadata()).isEqualTo(info.toMetadata());
            assertThat(back.summary())
                    .isEqualTo(
                            "scheme vertebra, architecture mobilenet_v2, 1001 outputs (the first 1 is background), same padding, norm epsilon 9.765625E-4, folded norms");
        }
    }

    @Test
    void readPlainFactsFromTheMetadata() {
        SchemeInfo plain =
                schemes.recognise(MemoryFile.of(Map.of("a", List.of()), Map.of("vertebra.names", "canonical")));

        assertThat(plain.summary()).isEqualTo("scheme vertebra");
        assertThat(plain.preprocessing()).isEmpty();
        assertThat(plain.conventions()).isEqualTo(Conventions.DEFAULT);
        assertThat(plain.toMetadata())
                .doesNotContainKeys("vertebra.mean", "vertebra.norm_epsilon", "vertebra.architecture");
    }

    @ParameterizedTest
    @CsvSource({"vertebra.class_offset, x", "vertebra.norm_epsilon, x", "vertebra.mean, '1,2'", "vertebra.mean, '1,2,x'"
    })
    void refuseMalformedMetadata(String key, String value) {
        MemoryFile file = MemoryFile.of(Map.of("a", List.of()), Map.of("vertebra.names", "canonical", key, value));

        assertThatThrownBy(() -> schemes.recognise(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith("memory: metadata: a vertebra entry is malformed");
    }

    private CanonicalFile canonical(WeightFile file) {
        return new CanonicalFile(file, schemes.recognise(file));
    }

    private static Set<String> fileNames(String name) {
        try (WeightFile file = WeightFile.open(Fixtures.shared("weights/" + name))) {
            return Set.copyOf(file.tensors().keySet());
        }
    }

    private static Map<String, List<Integer>> withoutCounters(Map<String, List<Integer>> names) {
        return names.entrySet().stream()
                .filter(e -> !e.getKey().endsWith("num_batches_tracked"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
