package io.vertebra.heads.segmentation;

import static io.vertebra.heads.segmentation.SegmentationGraphs.conv;
import static io.vertebra.heads.segmentation.SegmentationGraphs.dropout;
import static io.vertebra.heads.segmentation.SegmentationGraphs.joined;
import static io.vertebra.heads.segmentation.SegmentationGraphs.layer;
import static io.vertebra.heads.segmentation.SegmentationGraphs.model;
import static io.vertebra.heads.segmentation.SegmentationGraphs.resizes;
import static io.vertebra.heads.segmentation.SegmentationGraphs.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.Backbones;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.AdaptiveAveragePool;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.LayerNorm;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Size;
import io.vertebra.heads.Heads;
import io.vertebra.heads.Model;
import io.vertebra.heads.Models;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts cannot tell of PSPNet, UPerNet and LR-ASPP: joins, gates, norms of levels, options. */
class PyramidHeadsTest {
    @Test
    void pspNetJoinsTheLevelWithItsMeans() {
        Graph graph = model("pspnet", new PspNetHead().defaults()).inference();
        assertThat(joined(graph, "decode_head.bottleneck.conv"))
                .containsExactly(
                        "backbone.layer4.1.conv2",
                        "decode_head.psp_modules.0.1.conv",
                        "decode_head.psp_modules.1.1.conv",
                        "decode_head.psp_modules.2.1.conv",
                        "decode_head.psp_modules.3.1.conv");
        assertThat(graph.node("decode_head.psp_modules.3.1.conv")
                        .inputs()
                        .get(0)
                        .op())
                .isEqualTo(new AdaptiveAveragePool(Size.of(6)));
        assertThat(conv(graph, "decode_head.bottleneck.conv").kernel()).isEqualTo(Size.of(3));
        assertThat(conv(graph, "decode_head.bottleneck.conv").initializer())
                .isEqualTo(new Initializer.KaimingNormalFanOut());
        assertThat(conv(graph, "decode_head.conv_seg").bias()).isTrue();
        assertThat(dropout(graph)).containsExactly(0.1);
        assertThat(resizes(graph)).hasSize(4).containsOnly(new Resize(Resize.Filter.BILINEAR, false));
        assertThat(graph.output("logits").reduction()).isEqualTo(8);
    }

    @Test
    void upernetJoinsAllLevels() {
        Graph graph = model("upernet", new PyramidPoolingConfig(List.of(1, 2), 24, 0.3, true))
                .inference();
        assertThat(joined(graph, "decode_head.fpn_bottleneck.conv"))
                .containsExactly(
                        "decode_head.fpn_convs.0.conv",
                        "decode_head.fpn_convs.1.conv",
                        "decode_head.fpn_convs.2.conv",
                        "decode_head.bottleneck.conv");
        Node sum = graph.node("decode_head.fpn_convs.1.conv").inputs().get(0);
        assertThat(layer(sum.inputs().get(0))).isEqualTo("decode_head.lateral_convs.1.conv");
        assertThat(layer(sum.inputs().get(1).inputs().get(0).inputs().get(0)))
                .isEqualTo("decode_head.lateral_convs.2.conv"); // the sum above, not the 3×3 behind it
        assertThat(source(graph, "decode_head.lateral_convs.0.conv")).isEqualTo("backbone.layer1.1.conv2");
        assertThat(conv(graph, "decode_head.lateral_convs.0.conv").kernel()).isEqualTo(Size.of(1));
        assertThat(conv(graph, "decode_head.fpn_convs.0.conv").kernel()).isEqualTo(Size.of(3));
        assertThat(conv(graph, "decode_head.fpn_bottleneck.conv").out()).isEqualTo(24);
        assertThat(resizes(graph)).hasSize(2 + 3 + 3).containsOnly(new Resize(Resize.Filter.BILINEAR, true));
        assertThat(dropout(graph)).containsExactly(0.3);
        assertThat(graph.output("logits").reduction()).isEqualTo(4);
    }

    @Test
    void lrAsppAddsTwoClassifiers() {
        Graph graph = Models.builtIn().get("lraspp_mobilenet_v3_large").inference();
        Node sum = graph.output("logits");
        assertThat(sum.inputs().stream().map(Node::name))
                .containsExactly("classifier.low_classifier", "classifier.high_classifier");
        assertThat(source(graph, "classifier.low_classifier")).isEqualTo("backbone.features.4.block.3.0");
        Node resize = graph.node("classifier.high_classifier").inputs().get(0);
        assertThat(resize.op()).isEqualTo(new Resize(Resize.Filter.BILINEAR, false));
        Node gate = resize.inputs().get(0).inputs().get(1);
        assertThat(gate.op()).isEqualTo(new Activation(Activation.Function.SIGMOID));
        assertThat(gate.inputs().get(0).name()).isEqualTo("classifier.scale.1");
        assertThat(conv(graph, "classifier.scale.1").bias()).isFalse();
        assertThat(conv(graph, "classifier.cbr.0").initializer()).isEqualTo(new Initializer.Uniform(1));
        assertThat(sum.reduction()).isEqualTo(8);
        assertThat(dropout(graph)).isEmpty();
    }

    /** Where the last level has reduction 8 already, the one before it. */
    @Test
    void lrAsppTakesAFinerLevelThanTheLast() {
        Graph graph = model("lraspp", new LrAsppHead.Config(8, true)).inference();
        assertThat(source(graph, "classifier.low_classifier")).isEqualTo("backbone.layer1.1.conv2");
        assertThat(resizes(graph)).containsExactly(new Resize(Resize.Filter.BILINEAR, true));
        Model coarse =
                Model.of(Backbones.builtIn().get("resnet18"), Heads.builtIn().get("lraspp"), 2);
        assertThat(source(coarse.inference(), "classifier.low_classifier")).isEqualTo("backbone.layer2.1.conv2");
    }

    @ParameterizedTest
    @CsvSource({
        "upernet, 'upernet: needs two levels at least 4 times smaller than the picture; lenet5 has the reductions [2, 4]'",
        "lraspp, ''",
        "pspnet, ''"
    })
    void headsOfPyramidsRefuseBackbonesWithoutThem(String head, String reason) {
        Backbone<?> small = Backbones.builtIn().get("lenet5");
        if (reason.isEmpty()) {
            assertThat(Model.of(small, Heads.builtIn().get(head), 2).classes()).isEqualTo(2);
        } else {
            assertThatThrownBy(() -> Model.of(small, Heads.builtIn().get(head), 2))
                    .isInstanceOf(GraphException.class)
                    .hasMessage(reason);
        }
    }

    @Test
    void headsOfPyramidsCheckTheirOptions() {
        assertThat(new UperNetHead().defaults())
                .isEqualTo(new PyramidPoolingConfig(List.of(1, 2, 3, 6), 512, 0.1, false));
        assertThat(new PspNetHead().defaults())
                .isEqualTo(new PyramidPoolingConfig(List.of(1, 2, 3, 6), 512, 0.1, false));
        assertThat(new LrAsppHead().defaults()).isEqualTo(new LrAsppHead.Config(128, false));
        assertThat(new PyramidPoolingConfig(Collections.nCopies(16, 1), null, null, null).poolScales())
                .hasSize(16);
        assertThatThrownBy(() -> new PyramidPoolingConfig(List.of(), null, null, null))
                .isInstanceOf(GraphException.class)
                .hasMessage("pool_scales: must be 1 to 16, are 0");
        assertThatThrownBy(() -> new PyramidPoolingConfig(Collections.nCopies(17, 1), null, null, null))
                .hasMessage("pool_scales: must be 1 to 16, are 17");
        assertThatThrownBy(() -> new PyramidPoolingConfig(List.of(2, 0), null, null, null))
                .hasMessage("pool_scales: must be at least 1, is 0");
        assertThatThrownBy(() -> new PyramidPoolingConfig(null, 0, null, null))
                .hasMessage("channels: must be at least 1, is 0");
        assertThatThrownBy(() -> new PyramidPoolingConfig(null, null, 1.0, null))
                .hasMessage("dropout: must lie in [0, 1), is 1.0");
        assertThatThrownBy(() -> new LrAsppHead.Config(0, null)).hasMessage("channels: must be at least 1, is 0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void alignedCornersReachTheTask(boolean aligned) {
        List<Model> models = List.of(
                model("pspnet", new PyramidPoolingConfig(null, 8, null, aligned)),
                model("upernet", new PyramidPoolingConfig(null, 8, null, aligned)),
                model("lraspp", new LrAsppHead.Config(8, aligned)));
        assertThat(models).extracting(m -> m.part().alignCorners()).containsOnly(aligned);
        assertThat(resizes(models.get(0).inference()))
                .isNotEmpty()
                .containsOnly(new Resize(Resize.Filter.BILINEAR, aligned));
    }

    /** As the authors have it for dense heads: a norm behind each level, in place of the classifier's. */
    @Test
    void convNextsLevelsAreNormalisedForDenseHeads() {
        Backbone<?> backbone = Backbones.builtIn().get("convnext_atto");
        Graph upernet = Model.of(backbone, Heads.builtIn().get("upernet"), 2).inference();
        for (int i = 0; i < 4; i++) {
            Node norm = upernet.node("backbone.norm" + i);
            assertThat(norm.op()).isEqualTo(new LayerNorm(1e-6));
            assertThat(norm.inputs().get(0)).isSameAs(upernet.output("pyramid." + i));
        }
        assertThat(upernet.node("decode_head.lateral_convs.2.conv")
                        .inputs()
                        .get(0)
                        .name())
                .isEqualTo("backbone.norm2");
        assertThat(upernet.parameters()).noneMatch(p -> p.name().contains("head.norm"));
        Graph fcn = Model.of(backbone, Heads.builtIn().get("fcn"), 2).inference();
        assertThat(fcn.parameters().stream().map(ParameterSpec::name).filter(n -> n.contains("backbone.norm")))
                .containsExactly("backbone.norm3.weight", "backbone.norm3.bias");
        Graph classifier =
                Model.of(backbone, Heads.builtIn().get("classifier"), 2).inference();
        assertThat(classifier.nodes()).noneMatch(n -> n.name().matches("norm\\d"));
    }
}
