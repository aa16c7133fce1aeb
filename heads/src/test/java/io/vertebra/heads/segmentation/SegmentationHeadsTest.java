package io.vertebra.heads.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.ResNet;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.AdaptiveAveragePool;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Dropout;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.LayerNorm;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Size;
import io.vertebra.heads.Auxiliary;
import io.vertebra.heads.HeadPart;
import io.vertebra.heads.Heads;
import io.vertebra.heads.Model;
import io.vertebra.heads.Models;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts cannot tell: dilations, the order of branches, dropout, initial values, options. */
class SegmentationHeadsTest {
    private static final Initializer HE = new Initializer.KaimingNormalFanOut();

    private static Model model(String head, Record config) {
        return Model.of(
                Backbones.builtIn().get("resnet18", new ResNet.Config(8, null, null, null, null, null, null)),
                Heads.builtIn().get(head).with(config),
                4);
    }

    private static Convolution conv(Graph graph, String name) {
        return (Convolution) graph.node(name).op();
    }

    private static List<Double> dropout(Graph graph) {
        return graph.nodes().stream()
                .filter(n -> n.op() instanceof Dropout)
                .map(n -> ((Dropout) n.op()).rate())
                .toList();
    }

    /** The inputs of the join whose result a node takes, by the names of the layers that made them. */
    private static List<String> joined(Graph graph, String name) {
        Node concat = graph.node(name).inputs().get(0);
        return concat.inputs().stream().map(SegmentationHeadsTest::layer).toList();
    }

    private static String layer(Node node) {
        Node at = node;
        while (!(at.op() instanceof Convolution)) {
            at = at.inputs().get(0);
        }
        return at.name();
    }

    @Test
    void fcnHasTheFormsOfItsLibraries() {
        Graph mmseg = model("fcn", new FcnHead().defaults()).inference();
        assertThat(conv(mmseg, "decode_head.convs.0.conv"))
                .isEqualTo(conv(mmseg, "decode_head.convs.1.conv"))
                .satisfies(c -> assertThat(c.kernel()).isEqualTo(Size.of(3)))
                .satisfies(c -> assertThat(c.initializer()).isEqualTo(HE));
        assertThat(joined(mmseg, "decode_head.conv_cat.conv"))
                .containsExactly("backbone.layer4.1.conv2", "decode_head.convs.1.conv");
        assertThat(conv(mmseg, "decode_head.conv_seg").initializer()).isEqualTo(new Initializer.Normal(0.01));
        assertThat(conv(mmseg, "decode_head.conv_seg").bias()).isTrue();
        assertThat(dropout(mmseg)).containsExactly(0.1);
        Graph torchvision = Models.builtIn().get("fcn_resnet50").inference();
        assertThat(conv(torchvision, "classifier.0").initializer()).isEqualTo(new Initializer.Uniform(1));
        assertThat(conv(torchvision, "classifier.4").initializer()).isEqualTo(new Initializer.Uniform(1));
        assertThat(dropout(torchvision)).containsExactly(0.1);
    }

    @Test
    void fcnTakesOtherSizes() {
        Graph graph =
                model("fcn", new FcnHead.Config(null, 0, 3, false, 0.0, true)).inference();
        assertThat(conv(graph, "decode_head.convs.2.conv").out()).isEqualTo(128); // a quarter of 512
        assertThat(graph.node("decode_head.conv_seg")
                        .inputs()
                        .get(0)
                        .inputs()
                        .get(0)
                        .name())
                .isEqualTo("decode_head.convs.2.bn");
        assertThat(model("fcn", new FcnHead.Config(null, null, null, null, null, true))
                        .part()
                        .alignCorners())
                .isTrue();
        assertThat(model("fcn", new FcnHead().defaults()).part().alignCorners()).isFalse();
    }

    @Test
    void fcnRefusesWhatIsNotOfItsStyle() {
        assertThatThrownBy(() -> new FcnHead.Config(FcnHead.Style.TORCHVISION, null, 2, null, null, null))
                .isInstanceOf(GraphException.class)
                .hasMessage("convs: must be 1 in the style torchvision, is 2");
        assertThatThrownBy(() -> new FcnHead.Config(FcnHead.Style.TORCHVISION, null, null, true, null, null))
                .hasMessage("concat_input: must be false in the style torchvision");
        assertThatThrownBy(() -> new FcnHead.Config(null, -1, null, null, null, null))
                .hasMessage("channels: must be at least 0, is -1");
        assertThatThrownBy(() -> new FcnHead.Config(null, null, 0, null, null, null))
                .hasMessage("convs: must lie in 1 to 16, is 0");
        assertThatThrownBy(() -> new FcnHead.Config(null, null, 17, null, null, null))
                .hasMessage("convs: must lie in 1 to 16, is 17");
        assertThatThrownBy(() -> new FcnHead.Config(null, null, null, null, 1.0, null))
                .hasMessage("dropout: must lie in [0, 1), is 1.0");
        assertThat(new FcnHead.Config(null, null, 16, null, 0.99, null).convs()).isEqualTo(16);
    }

    @Test
    void deepLabV3HasTheFormsOfItsLibraries() {
        Graph mmseg = model("deeplabv3", new DeepLabV3Head().defaults()).inference();
        assertThat(joined(mmseg, "decode_head.bottleneck.conv"))
                .containsExactly(
                        "decode_head.image_pool.1.conv",
                        "decode_head.aspp_modules.0.conv",
                        "decode_head.aspp_modules.1.conv",
                        "decode_head.aspp_modules.2.conv",
                        "decode_head.aspp_modules.3.conv");
        assertThat(conv(mmseg, "decode_head.aspp_modules.3.conv").dilation()).isEqualTo(Size.of(36));
        assertThat(conv(mmseg, "decode_head.bottleneck.conv").kernel()).isEqualTo(Size.of(3));
        assertThat(dropout(mmseg)).containsExactly(0.1);
        assertThat(resizes(mmseg)).containsExactly(new Resize(Resize.Filter.BILINEAR, false));

        Graph torchvision = Models.builtIn().get("deeplabv3_resnet50").inference();
        assertThat(joined(torchvision, "classifier.0.project.0"))
                .containsExactly(
                        "classifier.0.convs.0.0",
                        "classifier.0.convs.1.0",
                        "classifier.0.convs.2.0",
                        "classifier.0.convs.3.0",
                        "classifier.0.convs.4.1");
        assertThat(conv(torchvision, "classifier.0.convs.1.0").dilation()).isEqualTo(Size.of(12));
        assertThat(conv(torchvision, "classifier.1").kernel()).isEqualTo(Size.of(3));
        assertThat(conv(torchvision, "classifier.1").initializer()).isEqualTo(new Initializer.Uniform(1));
        assertThat(dropout(torchvision)).containsExactly(0.5);

        Graph tensorflow = Models.builtIn().get("deeplabv3_mobilenet_v2_voc").inference();
        assertThat(joined(tensorflow, "decode_head.bottleneck.conv"))
                .containsExactly("decode_head.image_pool.1.conv", "decode_head.aspp_modules.0.conv");
        assertThat(conv(tensorflow, "decode_head.bottleneck.conv").kernel()).isEqualTo(Size.of(1));
        assertThat(resizes(tensorflow)).containsExactly(new Resize(Resize.Filter.BILINEAR, true));
        assertThat(dropout(tensorflow)).containsExactly(0.1);
    }

    private static List<Resize> resizes(Graph graph) {
        return graph.nodes().stream()
                .filter(n -> n.op() instanceof Resize)
                .map(n -> (Resize) n.op())
                .toList();
    }

    @Test
    void deepLabV3ChecksItsOptions() {
        assertThat(new DeepLabV3Head.Config(DeepLabV3Head.Style.TENSORFLOW, null, null, null, null))
                .isEqualTo(new DeepLabV3Head.Config(DeepLabV3Head.Style.TENSORFLOW, List.of(), 256, 0.1, true));
        assertThat(new DeepLabV3Head.Config(DeepLabV3Head.Style.TORCHVISION, null, null, null, null))
                .isEqualTo(new DeepLabV3Head.Config(
                        DeepLabV3Head.Style.TORCHVISION, List.of(12, 24, 36), 256, 0.5, false));
        assertThat(new DeepLabV3Head().defaults())
                .isEqualTo(new DeepLabV3Head.Config(DeepLabV3Head.Style.MMSEG, List.of(12, 24, 36), 512, 0.1, false));
        assertThatThrownBy(() -> new DeepLabV3Head.Config(null, List.of(6, 0), null, null, null))
                .hasMessage("rates: must be at least 1, is 0");
        assertThatThrownBy(() -> new DeepLabV3Head.Config(null, Collections.nCopies(17, 2), null, null, null))
                .hasMessage("rates: must be at most 16, are 17");
        assertThatThrownBy(() -> new DeepLabV3Head.Config(null, null, 0, null, null))
                .hasMessage("channels: must be at least 1, is 0");
    }

    @Test
    void deepLabV3PlusHasTheFormsOfItsLibraries() {
        Graph mmseg = model("deeplabv3plus", new DeepLabV3PlusHead().defaults()).inference();
        assertThat(joined(mmseg, "decode_head.sep_bottleneck.0.depthwise_conv.conv"))
                .containsExactly("decode_head.bottleneck.conv", "decode_head.c1_bottleneck.conv");
        assertThat(conv(mmseg, "decode_head.aspp_modules.2.depthwise_conv.conv").dilation())
                .isEqualTo(Size.of(24));
        assertThat(conv(mmseg, "decode_head.aspp_modules.2.depthwise_conv.conv").groups())
                .isEqualTo(512);
        assertThat(graph4(mmseg, "decode_head.c1_bottleneck.conv")).isEqualTo("backbone.layer1.1.conv2");
        assertThat(dropout(mmseg)).containsExactly(0.1);
        assertThat(resizes(mmseg)).allMatch(r -> !r.alignCorners()).hasSize(2);
        Record smpConfig = new DeepLabV3PlusHead.Config(DeepLabV3PlusHead.Style.SMP, null, null, null, null, null);
        Graph smp = model("deeplabv3plus", smpConfig).inference();
        assertThat(joined(smp, "decoder.block2.0.0")).containsExactly("decoder.aspp.1.1", "decoder.block1.0");
        assertThat(conv(smp, "decoder.aspp.0.convs.3.0.0").dilation()).isEqualTo(Size.of(36));
        assertThat(conv(smp, "decoder.block1.0").initializer()).isEqualTo(new Initializer.Uniform(6));
        assertThat(conv(smp, "segmentation_head.0").initializer())
                .isEqualTo(new Initializer.Uniform(6.0 * 256 / (256 + 4)));
        assertThat(dropout(smp)).containsExactly(0.5);
        assertThat(resizes(smp).stream().map(Resize::alignCorners)).containsExactly(false, true);
        assertThat(model("deeplabv3plus", smpConfig).part().alignCorners()).isTrue();
        assertThat(smp.output("logits").reduction()).isEqualTo(4);
        assertThatThrownBy(() -> new DeepLabV3PlusHead.Config(null, null, null, 0, null, null))
                .hasMessage("fine_channels: must be at least 1, is 0");
        assertThat(new DeepLabV3PlusHead().defaults())
                .isEqualTo(new DeepLabV3PlusHead.Config(
                        DeepLabV3PlusHead.Style.MMSEG, List.of(12, 24, 36), 512, 48, 0.1, false));
    }

    private static String graph4(Graph graph, String name) {
        return layer(graph.node(name).inputs().get(0));
    }

    @Test
    void unetClimbsToThePicture() {
        Graph graph = model("unet", new UnetHead().defaults()).inference();
        assertThat(graph.output("logits").reduction()).isEqualTo(1);
        assertThat(conv(graph, "segmentation_head.0").kernel()).isEqualTo(Size.of(3));
        // at output stride 8 three steps are left: to reductions 4 and 2, and to the picture
        assertThat(conv(graph, "decoder.blocks.0.conv1.0").out()).isEqualTo(64);
        assertThat(conv(graph, "decoder.blocks.2.conv2.0").out()).isEqualTo(16);
        assertThat(joined(graph, "decoder.blocks.0.conv1.0"))
                .containsExactly("backbone.layer4.1.conv2", "backbone.layer1.1.conv2");
        assertThat(joined(graph, "decoder.blocks.1.conv1.0"))
                .containsExactly("decoder.blocks.0.conv2.0", "backbone.conv1");
        assertThat(graph.node("decoder.blocks.2.conv1.0").inputs().get(0).op())
                .isEqualTo(new Resize(Resize.Filter.NEAREST, false));
        assertThat(conv(graph, "decoder.blocks.0.conv1.0").initializer()).isEqualTo(new Initializer.Uniform(6));
        Graph vgg = Model.of(Backbones.builtIn().get("vgg11"), Heads.builtIn().get("unet"), 2)
                .inference();
        assertThat(vgg.nodes()).noneMatch(n -> n.name().startsWith("decoder.blocks.5"));
        assertThat(vgg.node("decoder.blocks.4.conv1.0").inputs().get(0).op()).isInstanceOf(Resize.class);
    }

    @Test
    void unetRefusesTooFewSteps() {
        assertThatThrownBy(() -> Model.of(
                        Backbones.builtIn().get("resnet18"),
                        Heads.builtIn().get("unet").with(new UnetHead.Config(List.of(8, 8, 8, 8))),
                        2))
                .isInstanceOf(GraphException.class)
                .hasMessage("decoder_channels: are 4, resnet18 has 5 steps, reductions [2, 4, 8, 16, 32]");
        assertThatThrownBy(() -> new UnetHead.Config(List.of())).hasMessage("decoder_channels: needs a number");
        assertThatThrownBy(() -> new UnetHead.Config(List.of(0)))
                .hasMessage("decoder_channels: must be at least 1, is 0");
    }

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
        assertThat(conv(graph, "decode_head.bottleneck.conv").initializer()).isEqualTo(HE);
        assertThat(conv(graph, "decode_head.conv_seg").bias()).isTrue();
        assertThat(dropout(graph)).containsExactly(0.1);
        assertThat(resizes(graph)).hasSize(4).containsOnly(new Resize(Resize.Filter.BILINEAR, false));
        assertThat(graph.output("logits").reduction()).isEqualTo(8);
    }

    @Test
    void upernetJoinsAllLevels() {
        Graph graph = model("upernet", new UperNetHead.Config(List.of(1, 2), 24, 0.3, true))
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
        assertThat(graph4(graph, "decode_head.lateral_convs.0.conv")).isEqualTo("backbone.layer1.1.conv2");
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
        assertThat(graph4(graph, "classifier.low_classifier")).isEqualTo("backbone.features.4.block.3.0");
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
        assertThat(graph4(graph, "classifier.low_classifier")).isEqualTo("backbone.layer1.1.conv2");
        assertThat(resizes(graph)).containsExactly(new Resize(Resize.Filter.BILINEAR, true));
        Model coarse =
                Model.of(Backbones.builtIn().get("resnet18"), Heads.builtIn().get("lraspp"), 2);
        assertThat(graph4(coarse.inference(), "classifier.low_classifier")).isEqualTo("backbone.layer2.1.conv2");
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
                .isEqualTo(new UperNetHead.Config(List.of(1, 2, 3, 6), 512, 0.1, false));
        assertThat(new PspNetHead().defaults()).isEqualTo(new PspNetHead.Config(List.of(1, 2, 3, 6), 512, 0.1, false));
        assertThat(new LrAsppHead().defaults()).isEqualTo(new LrAsppHead.Config(128, false));
        assertThat(new PspNetHead.Config(Collections.nCopies(16, 1), null, null, null).poolScales())
                .hasSize(16);
        assertThatThrownBy(() -> new PspNetHead.Config(List.of(), null, null, null))
                .isInstanceOf(GraphException.class)
                .hasMessage("pool_scales: must be 1 to 16, are 0");
        assertThatThrownBy(() -> new UperNetHead.Config(Collections.nCopies(17, 1), null, null, null))
                .hasMessage("pool_scales: must be 1 to 16, are 17");
        assertThatThrownBy(() -> new UperNetHead.Config(List.of(2, 0), null, null, null))
                .hasMessage("pool_scales: must be at least 1, is 0");
        assertThatThrownBy(() -> new UperNetHead.Config(null, 0, null, null))
                .hasMessage("channels: must be at least 1, is 0");
        assertThatThrownBy(() -> new PspNetHead.Config(null, null, 1.0, null))
                .hasMessage("dropout: must lie in [0, 1), is 1.0");
        assertThatThrownBy(() -> new LrAsppHead.Config(0, null)).hasMessage("channels: must be at least 1, is 0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void alignedCornersReachTheTask(boolean aligned) {
        List<Model> models = List.of(
                model("pspnet", new PspNetHead.Config(null, 8, null, aligned)),
                model("upernet", new UperNetHead.Config(null, 8, null, aligned)),
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

    @Test
    void anAuxiliaryHeadHasTheNamesOfItsHeadsLibrary() {
        for (String head : List.of("fcn", "deeplabv3", "deeplabv3plus", "unet", "pspnet", "upernet")) {
            HeadPart part = new HeadPart(Heads.builtIn().get(head), 4, Optional.of(new Auxiliary(3, null, 0.0, null)));
            Node logits = Model.of(Backbones.builtIn().get("resnet18"), Map.of("", part))
                    .assembleForTraining()
                    .output("auxiliary.logits");
            assertThat(logits.name()).isEqualTo("auxiliary_head.conv_seg");
            assertThat(logits.inputs().get(0).channels()).isEqualTo(256);
            assertThat(logits.reduction()).isEqualTo(16);
        }
        Node torchvision =
                Models.builtIn().get("deeplabv3_resnet50").assembleForTraining().output("auxiliary.logits");
        assertThat(torchvision.name()).isEqualTo("aux_classifier.4");
        assertThat(torchvision.inputs().get(0).channels()).isEqualTo(256); // a quarter of layer3's
        assertThat(torchvision.inputs().get(0).op()).isEqualTo(new Dropout(0.1));
    }
}
