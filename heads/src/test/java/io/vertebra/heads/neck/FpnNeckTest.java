package io.vertebra.heads.neck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.Backbones;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Add;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Size;
import io.vertebra.heads.Neck;
import io.vertebra.heads.Trunk;
import java.util.List;
import org.junit.jupiter.api.Test;

class FpnNeckTest {

    private static List<Node> levels(String backbone, FpnNeck.Config config) {
        GraphBuilder g = new GraphBuilder();
        Neck<FpnNeck.Config> neck = Neck.of("fpn", new FpnNeck()).with(config);
        Trunk trunk = neck.on(Trunk.in(Backbones.builtIn().get(backbone), g, neck.backboneScope()), g);
        return trunk.pyramid().levels();
    }

    private static List<String> names(List<Node> levels) {
        return levels.stream()
                .flatMap(n -> n.parameters().stream())
                .map(ParameterSpec::name)
                .toList();
    }

    @Test
    void givesLevelsOfEqualChannels() {
        List<Node> levels = levels("resnet18", new FpnNeck().defaults());
        assertThat(levels).extracting(Node::channels).containsOnly(256).hasSize(5);
        assertThat(levels).extracting(Node::reduction).containsExactly(4, 8, 16, 32, 64);
        assertThat(levels.get(4).op()).isInstanceOf(MaxPool.class);
        assertThat(levels.get(4).inputs()).containsExactly(levels.get(3));
        assertThat(names(levels))
                .containsExactly(
                        "neck.fpn_convs.0.conv.weight",
                        "neck.fpn_convs.0.conv.bias",
                        "neck.fpn_convs.1.conv.weight",
                        "neck.fpn_convs.1.conv.bias",
                        "neck.fpn_convs.2.conv.weight",
                        "neck.fpn_convs.2.conv.bias",
                        "neck.fpn_convs.3.conv.weight",
                        "neck.fpn_convs.3.conv.bias");
    }

    /** Each level is its lateral, the sum of it and what comes down, then a 3×3 convolution. */
    @Test
    void mergesFromTheTopDown() {
        List<Node> levels = levels("resnet18", new FpnNeck.Config(null, 8, FpnNeck.Extra.NONE, null, null));
        assertThat(levels).hasSize(4);
        Node above = levels.get(3).inputs().get(0);
        assertThat(above.name()).isEqualTo("neck.lateral_convs.3.conv");
        assertThat(((Convolution) above.op()).kernel()).isEqualTo(Size.of(1));
        for (int i = 2; i >= 0; i--) {
            assertThat(((Convolution) levels.get(i).op()).kernel()).isEqualTo(Size.of(3));
            Node sum = levels.get(i).inputs().get(0);
            assertThat(sum.op()).isInstanceOf(Add.class);
            Node lateral = sum.inputs().get(0);
            Node down = sum.inputs().get(1);
            assertThat(lateral.name()).isEqualTo("neck.lateral_convs." + i + ".conv");
            assertThat(down.op()).isEqualTo(new Resize(Resize.Filter.NEAREST, false));
            assertThat(down.inputs()).containsExactly(above, lateral);
            above = sum;
        }
    }

    @Test
    void hasTorchvisionsNamesToo() {
        List<Node> levels = levels(
                "resnet18", new FpnNeck.Config(FpnNeck.Style.TORCHVISION, 8, FpnNeck.Extra.NONE, List.of(-1), true));
        assertThat(levels).singleElement().satisfies(level -> {
            assertThat(level.name()).isEqualTo("backbone.fpn.layer_blocks.0.1");
            Node conv = level.inputs().get(0);
            assertThat(conv.name()).isEqualTo("backbone.fpn.layer_blocks.0.0");
            assertThat(((Convolution) conv.op()).bias()).isFalse();
            Node lateral = conv.inputs().get(0);
            assertThat(lateral.name()).isEqualTo("backbone.fpn.inner_blocks.0.1");
            assertThat(lateral.inputs().get(0).inputs().get(0).name()).startsWith("backbone.body.layer4.1.");
        });
        List<Node> modules = levels("resnet18", new FpnNeck.Config(null, 8, null, List.of(2, 4), true));
        assertThat(modules).extracting(Node::name).contains("neck.fpn_convs.0.bn", "neck.fpn_convs.1.bn");
        assertThat(modules).extracting(Node::reduction).containsExactly(8, 32, 64);
    }

    @Test
    void beginsUniformlyAsTorchvision() {
        Node level = levels("resnet18", new FpnNeck().defaults()).get(0);
        assertThat(((Convolution) level.op()).initializer()).isEqualTo(new Initializer.Uniform(3));
        assertThat(((Convolution) level.op()).initialBias()).isZero();
        assertThat(((Convolution) level.op()).bias()).isTrue();
    }

    @Test
    void refusesLevelsThatAreNotThere() {
        assertThatThrownBy(() -> levels("resnet18", new FpnNeck.Config(null, null, null, List.of(5), null)))
                .isInstanceOf(GraphException.class)
                .hasMessage("level: is 5, resnet18 has 5 levels: -5 to 4");
        assertThatThrownBy(() -> new FpnNeck.Config(null, 0, null, null, null))
                .hasMessage("channels: must be at least 1, is 0");
    }

    @Test
    void standsInAGraph() {
        GraphBuilder g = new GraphBuilder();
        List<Node> levels = new FpnNeck()
                .build(new FpnNeck().defaults(), Trunk.in(Backbones.builtIn().get("mobilenet_v2"), g, ""), g);
        levels.forEach(level -> g.output(level.name(), level));
        Graph graph = g.build();
        assertThat(graph.inputs()).extracting(Node::name).containsExactly("input");
        assertThat(graph.outputs()).hasSize(5);
    }
}
