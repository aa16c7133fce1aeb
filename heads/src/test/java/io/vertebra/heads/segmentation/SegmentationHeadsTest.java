package io.vertebra.heads.segmentation;

import static io.vertebra.heads.segmentation.SegmentationGraphs.conv;
import static io.vertebra.heads.segmentation.SegmentationGraphs.dropout;
import static io.vertebra.heads.segmentation.SegmentationGraphs.joined;
import static io.vertebra.heads.segmentation.SegmentationGraphs.model;
import static io.vertebra.heads.segmentation.SegmentationGraphs.resizes;
import static io.vertebra.heads.segmentation.SegmentationGraphs.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.Backbones;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Dropout;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Initializer;
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

/** What counts cannot tell: dilations, the order of branches, dropout, initial values, options. */
class SegmentationHeadsTest {
    private static final Initializer HE = new Initializer.KaimingNormalFanOut();

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
        assertThat(source(mmseg, "decode_head.c1_bottleneck.conv")).isEqualTo("backbone.layer1.1.conv2");
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
