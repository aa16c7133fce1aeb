package io.vertebra.backbones.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.Shared;
import io.vertebra.backbones.weights.Preprocessing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZooTest {

    private static final Zoo ZOO = Zoo.builtIn();

    private static Zoo.Weights weights(String model, String tag) {
        return ZOO.entry(model).flatMap(e -> e.weights(tag)).orElseThrow();
    }

    @Test
    void knowsEveryModelThatIsAskedFor() throws IOException {
        List<String> names = ZOO.entries().stream().map(Zoo.Entry::name).toList();
        assertThat(names)
                .contains(
                        Files.readString(Shared.path("checks/core_models.txt")).split("\\s+"))
                .contains("fcn_resnet50", "fcn_resnet101", "deeplabv3_resnet50", "deeplabv3_resnet101", "ssd300_vgg16")
                .doesNotHaveDuplicates()
                .containsAll(Backbones.builtIn().names());
        assertThat(ZOO.entry("resnet51")).isEmpty();
    }

    /** The counts of {@code backbones.tsv} are for these sizes. */
    @ParameterizedTest
    @CsvSource({
        "resnet50, 1000, 224",
        "lenet5, 10, 32",
        "resnet20_cifar, 10, 32",
        "preresnet110_cifar, 10, 32",
        "densenet40_k12_cifar, 10, 32",
        "bninception, 1000, 224",
        "inception_v3, 1000, 299",
        "inception_v4, 1000, 299",
        "inception_resnet_v2, 1000, 299",
        "legacy_xception, 1000, 299",
        "efficientnet_b2, 1000, 288",
        "efficientnet_v2_m, 1000, 480",
        "mobilenetv1_075, 1000, 224",
        "deeplabv3_resnet50, 21, 520",
        "deeplabv3_mobilenet_v3_large, 21, 520",
        "lraspp_mobilenet_v3_large, 21, 520",
        "pspnet_resnet50_ade20k, 150, 512",
        "upernet_resnet101_cityscapes, 19, 512",
        "upernet_convnext_tiny_ade20k, 150, 512",
        "upernet_convnext_base_ade20k, 150, 640",
        "ssd300_vgg16, 90, 300",
        "ssdlite320_mobilenet_v3_large, 90, 320",
        "fasterrcnn_resnet50_fpn, 90, 800",
        "fasterrcnn_mobilenet_v3_large_320_fpn, 90, 320"
    })
    void saysHowManyClassesAndHowLargeThePictures(String model, int classes, int size) {
        Zoo.Entry entry = ZOO.entry(model).orElseThrow();
        assertThat(entry.classes()).isEqualTo(classes);
        assertThat(entry.inputSize()).isEqualTo(size);
    }

    @Test
    void saysHowTheDefaultWeightsOfTorchvisionAreEvaluated() {
        Zoo.Entry entry = ZOO.entry("resnet50").orElseThrow();
        Zoo.Weights weights = entry.weights().get(0);
        assertThat(weights.tag()).isEqualTo("imagenet1k_v2");
        assertThat(weights.source()).isEqualTo("torchvision");
        assertThat(weights.file()).isEqualTo("resnet50-11ad3fa6.pth");
        assertThat(weights.url()).isEqualTo("https://download.pytorch.org/models/resnet50-11ad3fa6.pth");
        assertThat(weights.sha256()).isEqualTo("11ad3fa6");
        assertThat(weights.license()).isNull();
        assertThat(weights.classes()).isEqualTo(1000);
        assertThat(weights.evaluations())
                .containsExactly(new Zoo.Evaluation(224, 232, "bilinear", Map.of("top1", 80.858, "top5", 95.434)));
        assertThat(weights.preprocessing())
                .isEqualTo(new Preprocessing(
                        224, List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225), "bilinear", 224.0 / 232));
        assertThat(entry.top1()).isEqualTo(Optional.of(80.858));
        assertThat(entry.tags()).startsWith("imagenet1k_v2", "imagenet1k_v1").contains("a1_in1k");
        assertThat(entry.weights("a1_in1k").orElseThrow().license()).isEqualTo("apache-2.0");
        assertThat(entry.weights("none")).isEmpty();
        assertThat(ZOO.entry("lenet5").orElseThrow().top1()).isEmpty();
    }

    /** timm resizes the short side to ⌊size / crop_pct⌋. */
    @Test
    void saysHowTimmEvaluates() {
        Zoo.Weights weights = ZOO.entry("resnet50d").orElseThrow().weights().get(0);
        assertThat(weights.tag()).isEqualTo("ra2_in1k");
        assertThat(weights.evaluations())
                .containsExactly(
                        new Zoo.Evaluation(288, 303, "bicubic", Map.of("top1", 81.354, "top5", 95.742)),
                        new Zoo.Evaluation(224, 256, "bicubic", Map.of("top1", 80.546, "top5", 95.16)));
    }

    /** The other library's name of the same network brings its sets, but for files that are there already. */
    @Test
    void listsTheSetsOfBothLibraries() {
        assertThat(ZOO.entry("regnet_y_400mf").orElseThrow().tags())
                .containsExactly("imagenet1k_v2", "imagenet1k_v1", "pycls_in1k");
        assertThat(weights("regnet_y_16gf", "sw_in12k").classes()).isEqualTo(11821);
        assertThat(weights("mnasnet_050", "imagenet1k_v1").source()).isEqualTo("torchvision");
        assertThat(weights("mnasnet1_0", "rmsp_in1k").source()).isEqualTo("timm");
        assertThat(weights("mobilenet_v2", "ra_in1k").file()).isEqualTo("mobilenetv2_100_ra-b33bc2c4.pth");
    }

    /** torchvision's {@code transform_input} undoes ImageNet's normalisation inside of the network. */
    @ParameterizedTest
    @CsvSource({"googlenet, 224", "inception_v3, 299"})
    void normalisesForTheInceptionsAsTheirNetworksDo(String model, int size) {
        Preprocessing preprocessing = weights(model, "imagenet1k_v1").preprocessing();
        assertThat(preprocessing.mean()).containsOnly(0.5);
        assertThat(preprocessing.std()).containsOnly(0.5);
        assertThat(preprocessing.inputSize()).isEqualTo(size);
    }

    @Test
    void knowsFeaturesWithoutClassesAndFiguresOfOtherTasks() {
        assertThat(weights("vgg16", "imagenet1k_features").classes()).isZero();
        assertThat(weights("convnext_tiny", "dinov3_lvd1689m").classes()).isZero();
        assertThat(weights("convnext_tiny", "dinov3_lvd1689m")
                        .evaluations()
                        .get(0)
                        .metrics())
                .isEmpty();
        assertThat(ZOO.entry("fcn_resnet50")
                        .orElseThrow()
                        .weights()
                        .get(0)
                        .evaluations()
                        .get(0)
                        .metric("miou"))
                .contains(60.5);
        assertThat(ZOO.entry("ssd300_vgg16")
                        .orElseThrow()
                        .weights()
                        .get(0)
                        .evaluations()
                        .get(0)
                        .metrics())
                .isEqualTo(Map.of("box_ap", 25.1));
    }

    @ParameterizedTest
    @CsvSource({
        "lraspp_mobilenet_v3_large, coco_with_voc_labels_v1, d234d4ea, 520, 57.9",
        "pspnet_resnet50_ade20k, ade20k_160k_512x512, 1890b0bd, 512, 42.48",
        "pspnet_resnet101_cityscapes, cityscapes_80k_512x1024, e1e1100f, 1024, 79.76",
        "pspnet_resnet50_voc, voc12aug_40k_512x512, ae9c1b8c, 512, 77.29",
        "upernet_resnet50_ade20k, ade20k_160k_512x512, 8534de8d, 512, 42.05",
        "upernet_convnext_tiny_ade20k, ade20k_160k_512x512, , 512, 46.0",
        "upernet_convnext_xlarge_ade20k, in22k_ade20k_160k_640x640, , 640, 53.6"
    })
    void knowsTheBestSetOfSegmenters(String model, String tag, String sha256, int resize, double miou) {
        Zoo.Weights weights = ZOO.entry(model).orElseThrow().weights().get(0);
        assertThat(weights.tag()).isEqualTo(tag);
        assertThat(weights.sha256()).isEqualTo(sha256);
        assertThat(weights.url()).endsWith("/" + weights.file());
        assertThat(weights.evaluations())
                .containsExactly(new Zoo.Evaluation(resize, resize, "bilinear", Map.of("miou", miou)));
    }

    /** The other library's name of a network → ours. */
    private static final Map<String, String> TWINS = Map.ofEntries(
            Map.entry("mobilenetv2_100", "mobilenet_v2"),
            Map.entry("mobilenetv3_small_100", "mobilenet_v3_small"),
            Map.entry("mobilenetv3_large_100", "mobilenet_v3_large"),
            Map.entry("mnasnet_100", "mnasnet1_0"),
            Map.entry("mnasnet0_5", "mnasnet_050"),
            Map.entry("mnasnet0_75", "mnasnet_075"),
            Map.entry("regnety_004", "regnet_y_400mf"),
            Map.entry("regnety_016", "regnet_y_1_6gf"),
            Map.entry("regnety_032", "regnet_y_3_2gf"),
            Map.entry("regnety_160", "regnet_y_16gf"),
            Map.entry("regnety_320", "regnet_y_32gf"));

    @Test
    void hasEveryPublishedSetOnce() throws IOException {
        Map<String, String> published = new LinkedHashMap<>();
        List<String> lines = Files.readAllLines(Shared.path("anchors/backbones_weights.tsv"));
        List<String> columns = Arrays.asList(lines.get(0).split("\t", -1));
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split("\t", -1);
            String row = cells[columns.indexOf("name")];
            String name = TWINS.getOrDefault(row, row);
            String tag = cells[columns.indexOf("tag")].toLowerCase(Locale.ROOT);
            String url = cells[columns.indexOf("url")];
            boolean isThere = !name.equals(row) // torchvision's file, under timm's tag
                    && published.entrySet().stream()
                            .anyMatch(e -> e.getKey().startsWith(name + " ")
                                    && e.getValue().equals(url));
            if (ZOO.entry(name).isPresent() && !isThere && !tag.startsWith("seer")) { // SEER has names of its own
                published.put(name + " " + tag, url);
            }
        }
        List<String> complete = List.of(
                "fcn_", "deeplabv3_", "lraspp_", "pspnet_", "upernet_", "ssd300_", "ssdlite320_", "fasterrcnn_");
        List<String> held = ZOO.entries().stream()
                .filter(e -> complete.stream().noneMatch(e.name()::startsWith))
                .flatMap(e -> e.tags().stream().map(tag -> e.name() + " " + tag))
                .toList();
        assertThat(held).hasSizeGreaterThan(190).containsExactlyInAnyOrderElementsOf(published.keySet());
    }

    @Test
    void holdsSaneNumbers() {
        Map<String, String> urls = new HashMap<>();
        assertThat(ZOO.entries())
                .allSatisfy(entry -> assertThat(entry.weights()).allSatisfy(weights -> {
                    assertThat(weights.url()).startsWith("https://").doesNotContain(" ");
                    assertThat(urls.merge(weights.file(), weights.url(), (a, b) -> a.equals(b) ? a : "two addresses"))
                            .as(weights.file())
                            .isEqualTo(weights.url());
                    assertThat(weights.evaluations()).isNotEmpty().allSatisfy(e -> {
                        assertThat(e.resize()).isGreaterThanOrEqualTo(e.size());
                        assertThat(e.interpolation()).isIn("bilinear", "bicubic");
                        e.metric("top1").ifPresent(top1 -> {
                            assertThat(top1).isBetween(50.0, 90.0);
                            assertThat(e.metric("top5").orElseThrow()).isBetween(top1, 100.0);
                        });
                    });
                    String digits = weights.file().replaceFirst("^.*-([0-9a-f]{8,})\\.pth$", "$1");
                    assertThat(weights.sha256()).isEqualTo(digits.equals(weights.file()) ? null : digits);
                }));
    }

    @Test
    void findsTheSetsOfAFile() {
        assertThat(ZOO.ofFile(Path.of("some/resnet18-f37072fd.pth")).stream().map(Zoo.Published::name))
                .containsExactly("resnet18:imagenet1k_v1", "resnet18:tv_in1k");
        assertThat(ZOO.ofFile(Path.of("resnet18.pth"))).isEmpty();
        assertThat(ZOO.ofFile(Path.of("/"))).isEmpty();
    }

    @Test
    void findsASetOfAnotherModelByBothNames() {
        assertThat(ZOO.weights("resnet18", "imagenet1k_v1").orElseThrow().file())
                .isEqualTo("resnet18-f37072fd.pth");
        assertThat(ZOO.weights("resnet50", "fcn_resnet50:coco_with_voc_labels_v1")
                        .orElseThrow()
                        .file())
                .isEqualTo("fcn_resnet50_coco-1167a1af.pth");
        assertThat(ZOO.weights("resnet50", "coco_with_voc_labels_v1")).isEmpty();
        assertThat(ZOO.weights("resnet50", "fcn_resnet50:imagenet1k_v1")).isEmpty();
        assertThat(ZOO.weights("resnet50", "C:imagenet1k_v1")).isEmpty();
        assertThat(ZOO.weights("own", "imagenet1k_v1")).isEmpty();
    }

    @Test
    void identifiesAFileByNameAndContents(@TempDir Path folder) throws IOException {
        Zoo zoo = Published.zoo("http://localhost/");
        Path named = Files.writeString(folder.resolve("net.pth"), "anything");
        assertThat(zoo.identify(named).stream().map(Zoo.Published::name)).containsExactly("net:in1k");
        assertThat(zoo.identify(Files.writeString(folder.resolve("other.pth"), "anything")))
                .isEmpty();

        Path wrong = Files.writeString(folder.resolve("resnet18-f37072fd.pth"), "not these weights");
        assertThat(ZOO.identify(wrong)).isEmpty();
        String digits = Published.sha256(Published.text("abc"), 8);
        Zoo checked = Published.zoo("http://localhost/\", sha256: \"" + digits);
        assertThat(checked.identify(Files.writeString(named, "abc"))).hasSize(1);
        assertThat(checked.identify(Files.writeString(named, "abd"))).isEmpty();
    }

    /** What the tables say of the models of one file is read once, and no other file. */
    @Test
    void readsAFamilyWhenItIsAskedFor() {
        List<String> opened = new ArrayList<>();
        Map<String, String> files = new LinkedHashMap<>();
        files.put("index.yaml", "a: [a1, a2]\nb: [b1]\n");
        files.put("a.yaml", entry("a1") + entry("a2"));
        files.put("b.yaml", entry("b1"));
        Zoo zoo = new Zoo(ZooFilesTest.files(files, opened));

        assertThat(opened).containsExactly("index.yaml");
        assertThat(zoo.entry("c")).isEmpty();
        assertThat(zoo.entry("b1").orElseThrow().name()).isEqualTo("b1");
        assertThat(opened).containsExactly("index.yaml", "b.yaml");
        assertThat(zoo.entries().stream().map(Zoo.Entry::name)).containsExactly("a1", "a2", "b1");
        assertThat(zoo.entry("a1")).isPresent();
        assertThat(opened).containsExactly("index.yaml", "b.yaml", "a.yaml");
    }

    @Test
    void refusesAFileThatTheIndexDoesNotTellOf() {
        Zoo zoo = new Zoo(ZooFilesTest.files(
                Map.of("index.yaml", "a: [a1, a2]", "a.yaml", entry("a1") + entry("a3")), new ArrayList<>()));
        assertThatThrownBy(() -> zoo.entry("a1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("zoo/a.yaml has [a1, a3], the index [a1, a2]");
    }

    private static String entry(String name) {
        return "- {name: " + name + ", classes: 1, input_size: 1, weights: []}\n";
    }
}
