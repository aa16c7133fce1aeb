package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DilationTest {

    @Test
    void tradesStridesBeyondTheOutputStride() {
        Dilation dilation = new Dilation(8);
        GraphBuilder g = new GraphBuilder();
        Node at4 = g.conv("a", g.image(3, 64, 64), Conv.of(3, 8).stride(4));
        Node at8 = g.conv("b", at4, Conv.of(3, 8).stride(2));
        assertThat(dilation.stage(at4, 2)).isEqualTo(new Dilation.Steps(2, 1, 1));
        assertThat(dilation.stage(at8, 2)).isEqualTo(new Dilation.Steps(1, 1, 2));
        assertThat(dilation.stage(at8, 1)).isEqualTo(new Dilation.Steps(1, 2, 2));
        assertThat(dilation.stage(at8, 2)).isEqualTo(new Dilation.Steps(1, 2, 4));
        assertThat(new Dilation.Steps(2, 2, 4).block(0)).isEqualTo(new Dilation.Steps(2, 2, 4));
        assertThat(new Dilation.Steps(2, 2, 4).block(3)).isEqualTo(new Dilation.Steps(1, 4, 4));
    }

    /** torchvision's {@code replace_stride_with_dilation=[False, True, True]}. */
    @Test
    void dilatesResNetAsTorchvision() {
        assertThat(dilations(new ResNet.Config(8, null, null, null, null, null, null), "resnet50", "layer%d.%d.conv2"))
                .isEqualTo("3.0:1 3.1:2 3.2:2 3.3:2 3.4:2 3.5:2 4.0:2 4.1:4 4.2:4");
        assertThat(dilations(new ResNet.Config(16, null, null, null, null, null, null), "resnet50", "layer%d.%d.conv2"))
                .isEqualTo("3.0:1 3.1:1 3.2:1 3.3:1 3.4:1 3.5:1 4.0:1 4.1:2 4.2:2");
        assertThat(dilations(new ResNet.Config(8, null, null, null, null, null, null), "resnet18", "layer%d.%d.conv1"))
                .isEqualTo("3.0:1 3.1:2 4.0:2 4.1:4");
        assertThat(dilations(new ResNet.Config(8, null, null, null, null, null, null), "resnet18", "layer%d.%d.conv2"))
                .isEqualTo("3.0:2 3.1:2 4.0:4 4.1:4");
    }

    /** The dilations that {@code shared/weights/README.md} gives for TensorFlow's DeepLab on MobileNet V2. */
    @Test
    void dilatesMobileNetV2AsDeepLab() {
        Map<Integer, Integer> dilations = new TreeMap<>();
        for (Node node : nodes(new MobileNetV2.Config(null, 8, null, null, null, null, null), "mobilenet_v2")) {
            if (node.op() instanceof Convolution conv && conv.groups() > 1) {
                String block = node.name().split("\\.", -1)[1];
                dilations.put(Integer.parseInt(block) - 1, conv.dilation().height());
            }
        }
        assertThat(dilations.values()).containsExactly(1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 4, 4, 4);
    }

    /** Where no pool is lost, a dilated map holds the strided one's cells. */
    @Test
    void dilatesWithoutLosingCells() {
        DilatedTwins.agree("darknet53", List.of(16, 8));
        DilatedTwins.agree("xception41", List.of(16, 8));
        DilatedTwins.agree("xception41p", List.of(16, 8));
        DilatedTwins.agree("legacy_xception", List.of(16));
    }

    /** DeepLab's and timm's: the block whose stride is traded keeps the dilation of the one before. */
    @Test
    void dilatesAlignedXceptionAsDeepLab() {
        Graph graph = Layers.graph("xception41", new AlignedXception.Config(8, null, null, null, null));
        String entry = "1/1 1/1 2/1 1/1 1/1 2/1 1/1 1/1 1/1 ";
        assertThat(String.join(" ", Layers.depthwise(graph)))
                .isEqualTo(entry + "1/2 ".repeat(8 * 3) + "1/2 1/2 1/2 " + "1/4 1/4 1/4");
    }

    @Test
    void dilatesXception() {
        Graph graph = Layers.graph("legacy_xception", new Xception.Config(8, null, null, null, null));
        assertThat(String.join(" ", Layers.depthwise(graph)))
                .isEqualTo("1/1 ".repeat(6) + "1/2 ".repeat(8 * 3 + 2) + "1/4 1/4");
        assertThat(Layers.all(graph, MaxPool.class).stream().map(p -> p.stride().height()))
                .containsExactly(2, 2, 1, 1);
    }

    /** DenseASPP's: no pooling, and dilation 2 and 4 in the last two blocks. */
    @Test
    void dilatesDenseNetAsDenseAspp() {
        Graph graph = Layers.graph("densenet121", new DenseNet.Config(8, null, null, null, null));
        assertThat(Layers.all(graph, AveragePool.class)).hasSize(1);
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Convolution conv && node.name().endsWith(".conv2")) {
                String block = node.name().split("\\.", -1)[1];
                assertThat(conv.dilation().height())
                        .as(node.name())
                        .isEqualTo(Map.of("denseblock1", 1, "denseblock2", 1, "denseblock3", 2, "denseblock4", 4)
                                .get(block));
            }
        }
    }

    /** The stride stands before the 3×3 convolution, which sees the finer map in the first block already. */
    @Test
    void dilatesLegacySeResNetFromTheFirstBlock() {
        Graph graph = Layers.graph("legacy_seresnet50", new LegacySeResNet.Config(8, null, null, null, null, null));
        assertThat(List.of("layer2.0", "layer3.0", "layer3.5", "layer4.0", "layer4.2").stream()
                        .map(b -> ((Convolution) graph.node(b + ".conv2").op())
                                .dilation()
                                .height()))
                .containsExactly(1, 2, 2, 4, 4);
        assertThat(((Convolution) graph.node("layer2.0.conv1").op()).stride()).isEqualTo(Size.of(2));
    }

    /** Where the stride is the 3×3 convolution's, or a 3×3 shortcut's, the first block keeps the dilation before it. */
    @ParameterizedTest
    @CsvSource({
        "legacy_seresnet18, conv1, 1 1 2 2 4",
        "legacy_seresnet18, conv2, 1 2 2 4 4",
        "legacy_seresnext26_32x4d, conv2, 1 1 2 2 4",
        "legacy_senet154, conv2, 1 1 2 2 4",
        "legacy_senet154, downsample.0, 1 1 - 2 -",
        "legacy_seresnet18, downsample.0, 1 1 - 1 -"
    })
    void dilatesStridedWindowsOfSeNetsLater(String variant, String layer, String dilations) {
        Graph graph = Layers.graph(variant, new LegacySeResNet.Config(8, null, null, null, null, null));
        assertThat(Stream.of("layer2.0", "layer3.0", "layer3.1", "layer4.0", "layer4.1")
                        .map(b -> dilation(graph, b + "." + layer)))
                .containsExactly(dilations.split(" ", -1));
    }

    private static String dilation(Graph graph, String name) {
        return graph.nodes().stream()
                .filter(n -> n.name().equals(name))
                .map(n -> "" + ((Convolution) n.op()).dilation().height())
                .findFirst()
                .orElse("-");
    }

    /** The far path's taps lie twice as far apart, at every output stride. */
    @Test
    void dilatesBothPathsOfSelectiveKernels() {
        Graph graph = Layers.graph("skresnet18", new ResNet.Config(8, null, null, null, null, null, null));
        for (String path : List.of("layer2.1:1 2", "layer3.0:1 2", "layer3.1:2 4", "layer4.0:2 4", "layer4.1:4 8")) {
            String block = path.substring(0, path.indexOf(':'));
            assertThat(Stream.of(0, 1).map(i -> dilation(graph, block + ".conv1.paths." + i + ".conv")))
                    .as(block)
                    .containsExactly(path.substring(path.indexOf(':') + 1).split(" ", -1));
        }
        assertThat(dilation(graph, "layer4.1.conv2.conv")).isEqualTo("4");
    }

    /** timm's AvgPool2dSame, whose padded cells count. */
    @Test
    void averagesAtStrideOneWhereResNetDIsDilated() {
        List<Node> nodes = nodes(new ResNet.Config(16, null, null, null, null, null, null), "resnet50d");
        assertThat(op(nodes, "layer3.0.downsample.average_pool"))
                .isEqualTo(new AveragePool(Size.of(2), Size.of(2), Padding.none(), true, false));
        assertThat(op(nodes, "layer4.0.downsample.average_pool"))
                .isEqualTo(new AveragePool(Size.of(2), Size.of(1), Padding.same(), false, true));
        assertThat(nodes).noneMatch(n -> n.name().equals("layer1.0.downsample.average_pool"));
    }

    private static AveragePool op(List<Node> nodes, String name) {
        return nodes.stream()
                .filter(n -> n.name().equals(name))
                .map(n -> (AveragePool) n.op())
                .findFirst()
                .orElseThrow();
    }

    private static List<Node> nodes(Record config, String variant) {
        return Networks.classifier(Networks.get(variant).with(config), 10, Conventions.DEFAULT)
                .nodes();
    }

    private static String dilations(ResNet.Config config, String variant, String convolution) {
        StringBuilder text = new StringBuilder();
        List<Node> nodes = nodes(config, variant);
        for (int stage = 3; stage <= 4; stage++) {
            for (int block = 0; block < 6; block++) {
                String name = String.format(Locale.ROOT, convolution, stage, block);
                for (Node node : nodes) {
                    if (node.name().equals(name) && node.op() instanceof Convolution conv) {
                        text.append(' ').append(stage).append('.').append(block).append(':');
                        text.append(conv.dilation().height());
                    }
                }
            }
        }
        return text.substring(1);
    }
}
