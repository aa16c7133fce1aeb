package io.vertebra.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.backbones.BackboneFamily;
import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.Engines;
import io.vertebra.graph.Graph;
import io.vertebra.graph.contract.Exhaustive;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.Size;
import io.vertebra.heads.Models;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole networks: what ONNX Runtime makes of the file is what our engine makes of the graph. */
class OnnxFamiliesTest {
    private static final Backbones BACKBONES = Backbones.builtIn();
    private static final Models MODELS = Models.builtIn();
    private static final Map<String, Graph> GRAPHS = new ConcurrentHashMap<>();
    private static final List<String> SMALLEST = smallest();

    /** Larger networks only repeat the blocks of smaller ones, and take too long; docs/export.md says how all were compared. */
    static final long LARGEST = Long.getLong("vertebra.export.largest", 30_000_000);

    /** Up to here a usual build compares every variant. */
    private static final long QUICK = 4_000_000;

    /** The smallest variant of each family; in a usual build without those that are large and have nothing of their own. */
    static List<String> families() {
        return Exhaustive.without(
                SMALLEST.stream()
                        .filter(isLarge())
                        .filter(name -> !covering().contains(name))
                        .toList(),
                SMALLEST);
    }

    private static List<String> smallest() {
        Map<BackboneFamily<?>, String> smallest = new LinkedHashMap<>();
        BACKBONES.names().stream()
                .sorted(Comparator.comparingLong(name -> graph(name).parameterCount()))
                .forEach(name -> smallest.putIfAbsent(BACKBONES.family(name), name));
        return List.copyOf(smallest.values());
    }

    private static Predicate<String> isLarge() {
        return name -> graph(name).parameterCount() > LARGEST;
    }

    /** Those that have an operator which no smaller one has: together they have all. */
    static List<String> covering() {
        Set<String> seen = new HashSet<>();
        return SMALLEST.stream().filter(name -> seen.addAll(kinds(name))).toList();
    }

    private static Set<String> kinds(String name) {
        return graph(name).nodes().stream().map(node -> kind(node.op())).collect(Collectors.toSet());
    }

    private static String kind(Op op) {
        if (op instanceof Activation activation) {
            return activation.function().name();
        }
        if (op instanceof Convolution conv) {
            return conv.groups() == 1 ? "dense" : conv.groups() == conv.out() ? "depthwise" : "grouped";
        }
        return op.getClass().getSimpleName();
    }

    static List<String> variants() {
        Predicate<String> isQuick = name -> graph(name).parameterCount() <= QUICK;
        List<String> variants = BACKBONES.names().stream()
                .filter(name -> !SMALLEST.contains(name))
                .filter(isLarge().negate())
                .toList();
        return Exhaustive.without(variants.stream().filter(isQuick.negate()).toList(), variants);
    }

    static Graph graph(String name) {
        return GRAPHS.computeIfAbsent(name, n -> MODELS.get(n).inference());
    }

    @Test
    void aSmallNetworkIsTheSame() {
        Comparison.of(graph("resnet20_cifar")).check(Engines.named("onednn"), OnnxOptions.OPSET);
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("families")
    void everyFamilyIsTheSame(String name) {
        Comparison.of(graph(name)).check(Engines.named("onednn"), OnnxOptions.OPSET);
    }

    /** All in a usual build that are not large: operators have tests of their own. */
    static List<String> inOtherOpsets() {
        return Exhaustive.without(covering().stream().filter(isLarge()).toList(), covering());
    }

    /** What differs between them is how operators are written. */
    @Tag("slow")
    @ParameterizedTest
    @MethodSource("inOtherOpsets")
    void otherOpsetsAreTheSame(String name) {
        Comparison comparison = Comparison.of(graph(name));
        comparison.check(Engines.named("onednn"), 13);
        comparison.check(Engines.named("onednn"), 21);
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("variants")
    void everyVariantIsTheSame(String name) {
        // 600 blocks, each of which adds to the values before it
        Comparison comparison =
                name.equals("resnet1202_cifar") ? Comparison.of(graph(name), 0.375) : Comparison.of(graph(name));
        comparison.check(Engines.named("onednn"), OnnxOptions.OPSET);
    }

    /** One of each head; a usual build without VGG-16 at 300 pixels, which takes as long as all others. */
    static List<String> dense() {
        return Exhaustive.without(
                Set.of("ssd300_vgg16"),
                List.of(
                        "deeplabv3_mobilenet_v2_voc",
                        "fcn_resnet50",
                        "lraspp_mobilenet_v3_large",
                        "pspnet_resnet50_ade20k",
                        "upernet_convnext_tiny_ade20k",
                        "ssd300_vgg16",
                        "ssd_mobilenet_v1_075_coco"));
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("dense")
    void denseNetworksAreTheSame(String name) {
        Graph graph = graph(name);
        Comparison.of(graph).check(Engines.named("onednn"), OnnxOptions.OPSET);
        assertThat(graph.outputs().keySet()).containsAnyOf("logits", "class_logits");
    }

    @Tag("slow")
    @Test
    void detectorsOfTwoStagesAreTheSame() {
        Graph graph = graph("fasterrcnn_mobilenet_v3_large_320_fpn");
        Comparison.of(graph, Size.of(128)).checkRegions(Engines.named("onednn"), OnnxOptions.OPSET);
        assertThat(graph.outputs().keySet()).contains("proposals", "roi.class_logits");
    }
}
