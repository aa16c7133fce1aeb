package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.Analysis;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.DropPath;
import io.vertebra.graph.op.Dropout;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the options of the families do, their edges, and what is said beyond them. */
class OptionsTest {

    @Test
    void nothingIsNullOnceMade() {
        assertThat(new ResNet().defaults()).isEqualTo(new ResNet.Config(32, Norm.AUTO, null, 0.0, false, false, 3));
        assertThat(new CifarResNet().defaults()).isEqualTo(new CifarResNet.Config(4, Norm.AUTO, null, 0.0, false, 3));
        assertThat(new CifarPreResNet().defaults()).isEqualTo(new CifarPreResNet.Config(4, Norm.AUTO, null, 0.0, 3));
        assertThat(new MobileNetV1().defaults()).isEqualTo(new MobileNetV1.Config(1.0, 32, Norm.AUTO, null, 3));
        assertThat(new MobileNetV2().defaults())
                .isEqualTo(new MobileNetV2.Config(1.0, 32, Norm.AUTO, null, 0.0, false, 3));
        assertThat(new SqueezeNet().defaults()).isEqualTo(new SqueezeNet.Config(16, null, 3));
        assertThat(new Vgg().defaults()).isEqualTo(new Vgg.Config(32, Norm.AUTO, null, 0.5, false, 3));
        assertThat(new Vgg.Config(null, null, null, null, true, null))
                .isEqualTo(new Vgg.Config(16, Norm.AUTO, null, 0.5, true, 3));
        assertThat(new SqueezeNet().defaults().norm()).isEqualTo(Norm.AUTO);
        assertThat(new LeNet().defaults()).isEqualTo(new LeNet.Config(4, null, 1));
        assertThat(new AlexNet().defaults()).isEqualTo(new AlexNet.Config(32, null, 0.5, 3));
        assertThat(new GoogLeNet().defaults()).isEqualTo(new GoogLeNet.Config(32, Norm.AUTO, null, 0.2, false, 3));
        assertThat(new InceptionV3().defaults()).isEqualTo(new InceptionV3.Config(32, Norm.AUTO, null, 0.5, false, 3));
        assertThat(new BnInception().defaults()).isEqualTo(new BnInception.Config(32, Norm.AUTO, null, 3));
        assertThat(new InceptionResNetV2().defaults())
                .isEqualTo(new InceptionResNetV2.Config(32, Norm.AUTO, null, 0.2, 3));
        assertThat(new InceptionV4().defaults()).isEqualTo(new InceptionV4.Config(32, Norm.AUTO, null, 0.2, 3));
        assertThat(new LegacySeResNet().defaults())
                .isEqualTo(new LegacySeResNet.Config(32, Norm.AUTO, null, 0.0, null, 3));
        assertThat(new RegNet().defaults()).isEqualTo(new RegNet.Config(32, Norm.AUTO, null, 0.0, 3));
        assertThat(new MnasNet().defaults()).isEqualTo(new MnasNet.Config(1.0, 32, Norm.AUTO, null, 0.0, 0.2, 3));
        assertThat(new DenseNet().defaults()).isEqualTo(new DenseNet.Config(32, Norm.AUTO, null, 0.0, 3));
        assertThat(new CifarDenseNet().defaults()).isEqualTo(new CifarDenseNet.Config(4, Norm.AUTO, null, 0.0, 3));
        assertThat(new DarkNet().defaults()).isEqualTo(new DarkNet.Config(32, Norm.AUTO, null, 0.0, 3));
        assertThat(new Xception().defaults()).isEqualTo(new Xception.Config(32, Norm.AUTO, null, 0.0, 3));
        assertThat(new AlignedXception().defaults()).isEqualTo(new AlignedXception.Config(32, Norm.AUTO, null, 0.0, 3));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 31, 64})
    void refusesOtherOutputStrides(int stride) {
        assertThatThrownBy(() -> new ResNet.Config(stride, null, null, null, null, null, null))
                .isInstanceOf(GraphException.class)
                .hasMessage("output_stride: must be 8 or 16 or 32, is " + stride);
    }

    @Test
    void saysWhyAFamilyIsNotDilated() {
        assertThatThrownBy(() -> new SqueezeNet.Config(8, null, null))
                .hasMessage(
                        "output_stride: must be 16, is 8: it shrinks by pooling, and no published model dilates it");
        assertThatThrownBy(() -> new Vgg.Config(16, null, null, null, null, null))
                .hasMessage("output_stride: must be 32, is 16: it shrinks by pooling, and no published model dilates it"
                        + " further");
        assertThatThrownBy(() -> new Vgg.Config(32, null, null, null, true, null))
                .hasMessageStartingWith("output_stride: must be 16, is 32: ");
        assertThatThrownBy(() -> new BnInception.Config(16, null, null, null))
                .hasMessage(
                        "output_stride: must be 32, is 16: it shrinks by pooling, and no published model dilates it");
        assertThatThrownBy(() -> new InceptionV4.Config(16, null, null, null, null))
                .hasMessage("output_stride: must be 32, is 16: it shrinks without padding, and no published model"
                        + " dilates it");
        assertThatThrownBy(() -> new InceptionResNetV2.Config(16, null, null, null, null))
                .hasMessage("output_stride: must be 32, is 16: it shrinks without padding, and no published model"
                        + " dilates it");
        assertThatThrownBy(() -> new CifarResNet.Config(8, null, null, null, null, null))
                .hasMessage("output_stride: must be 4, is 8: a network for 32x32 pictures shrinks them no further");
        assertThatThrownBy(() -> new CifarDenseNet.Config(8, null, null, null, null))
                .hasMessage("output_stride: must be 4, is 8: a network for 32x32 pictures shrinks them no further");
        assertThatThrownBy(() -> new CifarPreResNet.Config(8, null, null, null, null))
                .hasMessage("output_stride: must be 4, is 8: a network for 32x32 pictures shrinks them no further");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.0, Double.NaN})
    void refusesRatesOfDroppedBranches(double rate) {
        assertThatThrownBy(() -> new MobileNetV2.Config(null, null, null, null, rate, null, null))
                .isInstanceOf(GraphException.class)
                .hasMessage("drop_path: must lie in [0, 1), is " + rate);
        assertThat(new MobileNetV2.Config(null, null, null, null, 0.99, null, null).dropPath())
                .isEqualTo(0.99);
        assertThatThrownBy(() -> new Vgg.Config(null, null, null, rate, null, null))
                .hasMessage("dropout: must lie in [0, 1), is " + rate);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.0, -1.0, 16.1, Double.NaN})
    void refusesWidths(double width) {
        assertThatThrownBy(() -> new MobileNetV1.Config(width, null, null, null, null))
                .isInstanceOf(GraphException.class)
                .hasMessage("width: must lie in (0, 16], is " + width);
        assertThat(new MobileNetV1.Config(16.0, null, null, null, null).width()).isEqualTo(16.0);
    }

    @Test
    void refusesAPictureWithoutChannels() {
        assertThatThrownBy(() -> new SqueezeNet.Config(null, null, 0))
                .hasMessage("in_channels: must be at least 1, is 0");
    }

    /** torchvision's {@code width_mult}; its pyramid counts the classifier's convolution in, ours on demand. */
    @ParameterizedTest
    @CsvSource({"0.5", "0.75", "1.4"})
    void widensMobileNetV2AsTorchvision(double width) {
        Backbone<?> backbone =
                Networks.get("mobilenet_v2").with(new MobileNetV2.Config(width, null, null, null, null, null, null));
        Anchors.Anchor anchor = Anchors.read().variant("mobilenet_v2", "width_mult=" + width);
        Graph graph = Networks.classifier(backbone, 1000, Conventions.DEFAULT);
        assertThat(graph.parameterCount()).isEqualTo(anchor.parameters());
        assertThat(Analysis.of(graph, Shape.of(1, 3, 224, 224)).macs()).isEqualTo(anchor.macs());
        assertThat(Networks.pyramid(backbone).channels().subList(0, 4))
                .isEqualTo(anchor.channels().subList(0, 4));
        Backbone<?> longer =
                Networks.get("mobilenet_v2").with(new MobileNetV2.Config(width, null, null, null, null, true, null));
        assertThat(Networks.pyramid(longer).channels()).isEqualTo(anchor.channels());
        assertThat(Networks.classifier(longer, 1000, Conventions.DEFAULT).parameters())
                .isEqualTo(graph.parameters());
    }

    /** timm's resnet50c. */
    @Test
    void aDeepStemMakesResNetC() {
        Backbone<?> deep = Networks.with(Networks.get("resnet50"), "deepStem", true);
        Graph graph = Networks.classifier("resnet50c");
        assertThat(Networks.classifier(deep, 1000, Conventions.DEFAULT).parameters())
                .isEqualTo(graph.parameters());
        assertThat(Networks.classifier(
                                Networks.with(Networks.get("resnet50c"), "deepStem", true), 1000, Conventions.DEFAULT)
                        .parameters())
                .isEqualTo(graph.parameters());
    }

    /** timm's mobilenetv1_125. */
    @Test
    void widensMobileNetV1AsTimm() {
        Backbone<?> backbone =
                Networks.get("mobilenetv1_100").with(new MobileNetV1.Config(1.25, null, null, null, null));
        Anchors.Anchor anchor = Anchors.read().variant("mobilenetv1_125", "");
        Graph graph = Networks.classifier(backbone, 1000, Conventions.DEFAULT);
        assertThat(graph.parameterCount()).isEqualTo(anchor.parameters());
        assertThat(Analysis.of(graph, Shape.of(1, 3, 224, 224)).macs()).isEqualTo(anchor.macs());
        assertThat(Networks.pyramid(backbone).channels()).isEqualTo(anchor.channels());
    }

    /** timm's: of the deeper networks neither the stem nor the last convolution widens, and the last block comes later. */
    @Test
    void deepensMobileNetV2AsTimm() {
        Backbone<?> deep = Networks.get("mobilenetv2_120d");
        Graph graph = Networks.classifier(Networks.with(deep, "dropPath", 0.25), 10, Conventions.DEFAULT);
        assertThat(((Convolution) graph.node("features.0.0").op()).out()).isEqualTo(32);
        assertThat(((Convolution) graph.node("features.27.0").op()).out()).isEqualTo(1280);
        List<DropPath> drops = Layers.all(graph, DropPath.class);
        assertThat(drops).hasSize(19);
        assertThat(drops.get(0).rate()).isCloseTo(0.25 * 2 / 25, within(1e-9));
        assertThat(drops.get(18).rate()).isCloseTo(0.25 * 24 / 25, within(1e-9));
        Graph twice = Networks.classifier(Networks.with(deep, "width", 2.0), 10, Conventions.DEFAULT);
        assertThat(((Convolution) twice.node("features.0.0").op()).out()).isEqualTo(64);
        assertThat(((Convolution) twice.node("features.27.0").op()).out()).isEqualTo(2560);
        assertThat(Networks.pyramid(Networks.with(deep, "lastConvolution", true))
                        .last()
                        .channels())
                .isEqualTo(1280);
    }

    /** timm's convolution before the mean: it has as many channels as the paper's last block, or more. */
    @Test
    void widensTheHeadOfMobileNetV1AsTimm() {
        Backbone<?> headed = Networks.get("mobilenetv1_100h");
        Graph half = Networks.classifier(Networks.with(headed, "width", 0.5), 10, Conventions.DEFAULT);
        assertThat(((Convolution) half.node("conv_head").op()).out()).isEqualTo(1024);
        Graph twice = Networks.classifier(Networks.with(headed, "width", 2.0), 10, Conventions.DEFAULT);
        assertThat(((Convolution) twice.node("conv_head").op()).out()).isEqualTo(2048);
    }

    /** torchvision's mnasnet1_3; its pyramid counts the classifier's convolution in. */
    @Test
    void widensMnasNetAsTorchvision() {
        Backbone<?> backbone = Networks.with(Networks.get("mnasnet1_0"), "width", 1.3);
        Anchors.Anchor anchor = Anchors.read().variant("mnasnet1_3", "");
        Graph graph = Networks.classifier(backbone, 1000, Conventions.DEFAULT);
        assertThat(graph.parameterCount()).isEqualTo(anchor.parameters());
        assertThat(Analysis.of(graph, Shape.of(1, 3, 224, 224)).macs()).isEqualTo(anchor.macs());
        assertThat(Networks.pyramid(backbone).channels().subList(0, 4))
                .isEqualTo(anchor.channels().subList(0, 4));
        assertThat(Networks.pyramid(backbone).last().channels()).isEqualTo(416);
    }

    /** The authors' momentum in all norms; the first block of a stack and the last stack of one have no branch to drop. */
    @Test
    void mnasNetNormsAndDropsAsItsAuthors() {
        Graph graph = Networks.classifier(
                Networks.with(Networks.get("mnasnet_050"), "dropPath", 0.3), 10, Conventions.DEFAULT);
        assertThat(Layers.all(graph, BatchNorm.class)).hasSize(52).containsOnly(new BatchNorm(1e-5, 3e-4, false, 1));
        assertThat(Layers.all(graph, Dropout.class)).containsExactly(new Dropout(0.2));
        List<DropPath> drops = Layers.all(graph, DropPath.class);
        assertThat(drops).hasSize(10);
        assertThat(drops.get(0).rate()).isCloseTo(0.3 / 15, within(1e-9));
        assertThat(drops.get(9).rate()).isCloseTo(0.3 * 14 / 15, within(1e-9));
    }

    @Test
    void aWidthIsAFactorOnTheVariantsOwn() {
        Backbone<?> half = Networks.get("mobilenetv1_100").with(new MobileNetV1.Config(0.5, null, null, null, null));
        assertThat(Networks.pyramid(half).channels())
                .isEqualTo(Networks.pyramid(Networks.get("mobilenetv1_050")).channels());
        Backbone<?> twice = Networks.get("mobilenetv1_025").with(new MobileNetV1.Config(2.0, null, null, null, null));
        assertThat(Networks.pyramid(twice).channels())
                .isEqualTo(Networks.pyramid(half).channels());
    }

    @Test
    void roundsChannelsToMultiplesOfEight() {
        assertThat(Widths.scale(32, 0.1)).isEqualTo(8);
        assertThat(Widths.scale(24, 0.5)).isEqualTo(16); // 12 is halfway
        assertThat(Widths.scale(24, 0.75)).isEqualTo(24); // 18 would become 16, below 90%
        assertThat(Widths.scale(320, 0.35)).isEqualTo(112);
        assertThat(Widths.scale(24, 1.4)).isEqualTo(32);
        assertThat(Widths.scale(88, 1)).isEqualTo(88);
        assertThat(Widths.scale(100, 0.2)).isEqualTo(24);
        assertThat(Widths.nearest(24, 0.75)).isEqualTo(16);
        assertThat(Widths.nearest(16, 1.2)).isEqualTo(16); // 19.2 is not 24 as scaled
        assertThat(Widths.scale(16, 1.2)).isEqualTo(24);
        assertThat(Widths.nearest(24, 0.5)).isEqualTo(16); // halfway
        assertThat(Widths.nearest(8, 0.25)).isEqualTo(8);
        assertThat(Widths.multiple(192, 56)).isEqualTo(224); // 168 is below 90%
        assertThat(Widths.multiple(776, 16)).isEqualTo(784); // halfway
        assertThat(Widths.multiple(7, 16)).isEqualTo(16);
    }

    @ParameterizedTest
    @CsvSource({
        "resnet18, bn2, 8",
        "resnet50, bn3, 16",
        "resnet20_cifar, bn2, 9",
        "skresnet18, conv2.bn, 8",
        "skresnet50d, conv3.bn, 16"
    })
    void zeroInitSilencesEveryResidualBranch(String name, String last, int blocks) {
        Backbone<?> backbone = Networks.get(name);
        Backbone<?> silent = backbone.with(Records.of(backbone.family().config(), "zeroInit", true));
        List<String> zeros = norms(silent).stream()
                .filter(n -> ((BatchNorm) n.op()).initialScale() == 0)
                .map(Node::name)
                .toList();
        assertThat(zeros).hasSize(blocks).allMatch(n -> n.matches("layer\\d\\.\\d+\\." + last));
        assertThat(norms(backbone)).allMatch(n -> ((BatchNorm) n.op()).initialScale() == 1);
    }

    private static List<Node> norms(Backbone<?> backbone) {
        return Networks.classifier(backbone, 10, Conventions.DEFAULT).nodes().stream()
                .filter(n -> n.op() instanceof BatchNorm)
                .toList();
    }

    /** Before layers of the classifier, or in each of DenseNet's 58 or 36 layers. */
    @ParameterizedTest
    @CsvSource({
        "alexnet, 2",
        "zfnet, 2",
        "nin, 1",
        "nin_cifar10, 2",
        "googlenet, 1",
        "inception_v3, 1",
        "inception_v4, 1",
        "inception_resnet_v2, 1",
        "densenet121, 58",
        "densenet40_k12_cifar, 36",
        "legacy_seresnet18, 1"
    })
    void dropsValuesWhereTorchvisionDoes(String name, int places) {
        Graph graph = Networks.classifier(Networks.with(Networks.get(name), "dropout", 0.25), 10, Conventions.DEFAULT);
        assertThat(Layers.all(graph, Dropout.class)).hasSize(places).allMatch(d -> d.rate() == 0.25);
        assertThat(Layers.all(Networks.classifier(Networks.undropped(name), 10, Conventions.DEFAULT), Dropout.class))
                .isEmpty();
    }

    /** The authors' 0.2 before its classifier; their other networks drop nothing. */
    @Test
    void onlySenet154DropsByItself() {
        assertThat(Layers.all(Networks.classifier("legacy_senet154"), Dropout.class))
                .containsExactly(new Dropout(0.2));
        assertThat(Layers.all(Networks.classifier("legacy_seresnet18"), Dropout.class))
                .isEmpty();
    }

    @Test
    void auxiliaryClassifiersDropMost() {
        Graph graph = Networks.complete("googlenet");
        assertThat(Layers.all(graph, Dropout.class).stream().map(Dropout::rate)).containsExactly(0.2, 0.7, 0.7);
    }

    @ParameterizedTest
    @CsvSource({
        "skresnet18,         7",
        "legacy_seresnet18,  7",
        "legacy_seresnet50, 15",
        "legacy_senet154,   49",
        "seresnet50,        15",
        "regnet_y_400mf,    15",
        "darknet53,         22",
        "legacy_xception,   11",
        "xception41,        11",
        "xception41p,       11",
        "xception65,        19"
    })
    void dropsTheLastBranchAsOftenAsAsked(String name, int dropping) {
        Graph graph = Networks.classifier(Networks.with(Networks.get(name), "dropPath", 0.3), 10, Conventions.DEFAULT);
        List<DropPath> drops = Layers.all(graph, DropPath.class);
        assertThat(drops).hasSize(dropping);
        assertThat(drops.get(0).rate()).isCloseTo(0.3 / dropping, within(1e-9));
        assertThat(drops.get(dropping - 1).rate()).isCloseTo(0.3, within(1e-9));
    }

    /** ε and momentum of the reference: README of the anchors, "BN constants". */
    @ParameterizedTest
    @CsvSource({
        "googlenet,       1e-3",
        "bninception,     1e-5",
        "inception_v3,    1e-3",
        "inception_v4,    1e-3",
        "inception_resnet_v2, 1e-3",
        "xception41,      1e-3",
        "xception41p,     1e-5",
        "xception65p,     1e-3",
        "legacy_xception, 1e-5",
        "densenet121,     1e-5",
        "regnet_x_400mf,  1e-5",
        "seresnet50,      1e-5",
        "preresnet20_cifar, 1e-5",
        "darknet53,       1e-5",
        "densenet40_k12_cifar, 1e-5"
    })
    void normsAsTheReference(String name, double epsilon) {
        assertThat(Layers.all(Networks.complete(name), BatchNorm.class))
                .isNotEmpty()
                .allMatch(n -> n.equals(new BatchNorm(epsilon, 0.1, false, 1)));
    }

    @ParameterizedTest
    @CsvSource({
        "resnet50, 16, 15",
        "resnet20_cifar, 9, 8",
        "preresnet20_cifar, 9, 8",
        "preresnet164bn_cifar, 54, 53",
        "mobilenet_v2, 17, 10"
    })
    void dropsLaterBranchesMoreOften(String name, int blocks, int dropping) {
        Backbone<?> backbone = Networks.get(name);
        Backbone<?> dropped = backbone.with(Records.of(backbone.family().config(), "dropPath", 0.3));
        List<Double> rates = Networks.classifier(dropped, 10, Conventions.DEFAULT).nodes().stream()
                .filter(n -> n.op() instanceof DropPath)
                .map(n -> ((DropPath) n.op()).rate())
                .toList();
        assertThat(rates).hasSize(dropping).isSorted();
        assertThat(rates.get(0)).isCloseTo(0.3 * (name.startsWith("mobile") ? 2 : 1) / (blocks - 1), within(1e-9));
        double last = name.startsWith("mobile") ? blocks - 2 : blocks - 1; // MobileNet's last block has no shortcut
        assertThat(rates.get(dropping - 1)).isCloseTo(0.3 * last / (blocks - 1), within(1e-9));
    }

    @Test
    void conventionsReachEveryLayer() {
        Conventions tensorFlow = new Conventions(true, 1e-3, true);
        Graph graph = Networks.classifier(Networks.get("mobilenet_v2"), 1001, tensorFlow);
        assertThat(graph.nodes()).allSatisfy(node -> {
            if (node.op() instanceof BatchNorm norm) {
                assertThat(norm.epsilon()).isEqualTo(1e-3);
                assertThat(norm.frozen()).isTrue();
            }
            if (node.op() instanceof Convolution conv) {
                assertThat(conv.padding()).isEqualTo(Padding.same());
            }
        });
    }
}
