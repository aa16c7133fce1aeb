package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.ParameterSpec;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Networks begin as those of the reference libraries do. */
class InitializersTest {

    private static final Initializer HE = new Initializer.KaimingNormalFanOut();
    private static final Initializer ZEROS = new Initializer.Constant(0);
    private static final Initializer ONES = new Initializer.Constant(1);

    private static Map<String, Initializer> of(String name) {
        return Networks.classifier(name).parameters().stream()
                .collect(Collectors.toMap(ParameterSpec::name, ParameterSpec::initializer));
    }

    @Test
    void resNetsAsTorchvision() {
        assertThat(of("resnet50"))
                .containsEntry("conv1.weight", HE)
                .containsEntry("layer3.1.conv2.weight", HE)
                .containsEntry("layer3.1.bn3.weight", ONES)
                .containsEntry("layer3.1.bn3.bias", ZEROS)
                .containsEntry("fc.weight", new Initializer.Uniform(1));
        assertThat(of("resnet20_cifar"))
                .containsEntry("layer2.0.conv1.weight", HE)
                .containsEntry("linear.weight", new Initializer.Uniform(1));
    }

    private static Map<String, Initializer> complete(String name) {
        return Layers.initializers(Networks.complete(name));
    }

    /** timm's, whose squeeze and excitation begins as other convolutions do. */
    @Test
    void seResNetsAsTimm() {
        assertThat(of("seresnet50"))
                .containsEntry("layer1.0.se.fc1.weight", HE)
                .containsEntry("layer1.0.se.fc1.bias", ZEROS)
                .containsEntry("layer4.2.conv3.weight", HE);
        assertThat(of("skresnet18"))
                .containsEntry("layer1.0.conv1.paths.1.conv.weight", HE)
                .containsEntry("layer4.0.conv1.attn.fc_select.weight", HE)
                .containsEntry("layer4.0.conv1.attn.bn.weight", ONES);
        assertThat(of("legacy_seresnet50"))
                .containsEntry("layer1.0.se_module.fc2.weight", HE)
                .containsEntry("last_linear.weight", new Initializer.Uniform(1));
    }

    /** torchvision takes the fan-in here. */
    @Test
    void denseNetsAsTorchvision() {
        assertThat(of("densenet121"))
                .containsEntry("features.conv0.weight", new Initializer.Normal(Math.sqrt(2.0 / (49 * 3))))
                .containsEntry(
                        "features.denseblock1.denselayer2.conv1.weight", new Initializer.Normal(Math.sqrt(2.0 / 96)))
                .containsEntry(
                        "features.denseblock1.denselayer2.conv2.weight",
                        new Initializer.Normal(Math.sqrt(2.0 / (9 * 128))))
                .containsEntry("features.transition1.conv.weight", new Initializer.Normal(Math.sqrt(2.0 / 256)))
                .containsEntry("classifier.weight", new Initializer.Uniform(1));
    }

    /** timm's: He's fan-out in the older one, PyTorch's default in the aligned one. */
    @Test
    void xceptionsAsTimm() {
        assertThat(of("legacy_xception"))
                .containsEntry("block2.rep.1.conv1.weight", HE)
                .containsEntry("block2.skip.weight", HE);
        assertThat(of("xception41"))
                .containsEntry("stem.0.conv.weight", new Initializer.Uniform(1))
                .containsEntry("blocks.1.stack.conv1.conv_dw.weight", new Initializer.Uniform(1))
                .containsEntry("blocks.1.stack.conv1.conv_pw.weight", new Initializer.Uniform(1))
                .containsEntry("head.fc.weight", new Initializer.Uniform(1));
        assertThat(of("xception41p"))
                .containsEntry("stem.1.weight", new Initializer.Uniform(1))
                .containsEntry("blocks.1.shortcut.weight", new Initializer.Uniform(1));
    }

    /** torchvision's narrow normals; those of its auxiliary classifier are narrower still. */
    @Test
    void inceptionsAsTorchvision() {
        Initializer narrow = new Initializer.Normal(0.01);
        assertThat(complete("googlenet"))
                .containsEntry("inception3a.branch2.1.conv.weight", narrow)
                .containsEntry("aux1.fc1.weight", narrow)
                .containsEntry("aux1.fc2.weight", narrow)
                .containsEntry("fc.weight", narrow);
        assertThat(complete("inception_v3"))
                .containsEntry("Mixed_5b.branch1x1.conv.weight", new Initializer.Normal(0.1))
                .containsEntry("fc.weight", new Initializer.Normal(0.1))
                .containsEntry("AuxLogits.conv0.conv.weight", new Initializer.Normal(0.1))
                .containsEntry("AuxLogits.conv1.conv.weight", narrow)
                .containsEntry("AuxLogits.fc.weight", new Initializer.Normal(0.001));
    }

    /** He's uniform in BN-Inception, PyTorch's default in the later ones. */
    @Test
    void inceptionsAsPytorchcvAndTimm() {
        assertThat(of("bninception"))
                .containsEntry("features.stage1.unit1.branches.branch3.conv2.conv.weight", new Initializer.Uniform(6))
                .containsEntry("features.stage1.unit1.branches.branch3.conv2.conv.bias", ZEROS)
                .containsEntry("output.weight", new Initializer.Uniform(1));
        assertThat(of("inception_v4"))
                .containsEntry("features.11.branch2.3.conv.weight", new Initializer.Uniform(1))
                .containsEntry("last_linear.weight", new Initializer.Uniform(1));
        assertThat(of("inception_resnet_v2"))
                .containsEntry("repeat_1.3.branch1.1.conv.weight", new Initializer.Uniform(1))
                .containsEntry("repeat_1.3.conv2d.weight", new Initializer.Uniform(1))
                .containsEntry("repeat_1.3.conv2d.bias", ZEROS)
                .containsEntry("classif.weight", new Initializer.Uniform(1));
    }

    /** PyTorch's default. */
    @Test
    void alexNetAndLeNetAsPyTorch() {
        Initializer uniform = new Initializer.Uniform(1);
        assertThat(of("alexnet"))
                .containsEntry("features.0.weight", uniform)
                .containsEntry("features.0.bias", ZEROS)
                .containsEntry("classifier.1.weight", uniform);
        assertThat(of("lenet5")).containsEntry("c1.weight", uniform).containsEntry("output.weight", uniform);
    }

    /** pytorchcv's: He's uniform for convolutions, PyTorch's own for linear layers. */
    @Test
    void smallerNetworksAsPytorchcv() {
        Initializer he = new Initializer.Uniform(6);
        assertThat(of("preresnet164bn_cifar"))
                .containsEntry("features.init_block.weight", he)
                .containsEntry("features.stage1.unit1.body.conv2.conv.weight", he)
                .containsEntry("features.stage1.unit1.identity_conv.weight", he)
                .containsEntry("features.post_activ.bn.weight", ONES)
                .containsEntry("output.weight", new Initializer.Uniform(1));
        assertThat(of("darknet53"))
                .containsEntry("features.init_block.conv.weight", he)
                .containsEntry("features.stage2.unit1.conv.weight", he)
                .containsEntry("features.stage5.unit5.conv2.conv.weight", he)
                .containsEntry("output.weight", new Initializer.Uniform(1));
        assertThat(of("densenet40_k12_cifar"))
                .containsEntry("features.init_block.weight", he)
                .containsEntry("features.stage2.trans2.conv.conv.weight", he)
                .containsEntry("features.stage3.unit12.conv.conv.weight", he)
                .containsEntry("output.weight", new Initializer.Uniform(1));
        assertThat(of("zfnet"))
                .containsEntry("features.stage1.unit1.conv.weight", he)
                .containsEntry("features.stage1.unit1.conv.bias", ZEROS)
                .containsEntry("features.stage3.unit3.conv.weight", he)
                .containsEntry("output.fc1.fc.weight", new Initializer.Uniform(1))
                .containsEntry("output.fc3.weight", new Initializer.Uniform(1));
        assertThat(of("nin")).containsEntry("conv1_1.weight", he).containsEntry("conv4_3.weight", he);
        assertThat(of("nin_cifar10"))
                .containsEntry("features.stage2.unit2.conv.weight", he)
                .containsEntry("output.final_conv.conv.weight", he);
    }

    /** timm divides the fan-out by the groups: nine taps for each output of a depthwise convolution. */
    @Test
    void mobileNetV1AsTimm() {
        assertThat(of("mobilenetv1_100"))
                .containsEntry("conv_stem.weight", HE)
                .containsEntry("blocks.1.0.conv_dw.weight", new Initializer.Normal(Math.sqrt(2 / 9.0)))
                .containsEntry("blocks.1.0.conv_pw.weight", HE);
    }

    @Test
    void mobileNetV2AsTorchvision() {
        assertThat(of("mobilenet_v2"))
                .containsEntry("features.3.conv.1.0.weight", HE)
                .containsEntry("classifier.1.weight", new Initializer.Normal(0.01))
                .containsEntry("classifier.1.bias", ZEROS);
    }

    /** torchvision draws the linear layers from a narrow normal, and SSD's own layers as Glorot and Bengio do. */
    @Test
    void vggsAsTorchvision() {
        assertThat(of("vgg11_bn"))
                .containsEntry("features.0.weight", HE)
                .containsEntry("features.0.bias", ZEROS)
                .containsEntry("features.1.weight", ONES)
                .containsEntry("classifier.0.weight", new Initializer.Normal(0.01))
                .containsEntry("classifier.3.weight", new Initializer.Normal(0.01))
                .containsEntry("classifier.6.weight", new Initializer.Normal(0.01))
                .containsEntry("classifier.6.bias", ZEROS);
        Map<String, Initializer> atrous = Networks.pyramid(
                        Networks.get("vgg16").with(new Vgg.Config(null, null, null, null, true, null)))
                .last()
                .inputs()
                .get(0)
                .inputs()
                .get(0)
                .inputs()
                .stream()
                .flatMap(n -> n.parameters().stream())
                .collect(Collectors.toMap(ParameterSpec::name, ParameterSpec::initializer));
        assertThat(atrous).containsEntry("extra.0.7.1.weight", new Initializer.Uniform(2)); // 6 · 512 / (512 + 1024)
    }

    @Test
    void regNetsAsTorchvision() {
        assertThat(of("regnet_y_400mf"))
                .containsEntry("stem.0.weight", HE)
                .containsEntry("trunk_output.block2.block2-0.f.b.0.weight", HE)
                .containsEntry("trunk_output.block2.block2-0.f.se.fc1.weight", HE)
                .containsEntry("fc.weight", new Initializer.Normal(0.01));
    }

    /** torchvision's ±√(3 / classes). */
    @Test
    void mnasNetsAsTorchvision() {
        assertThat(of("mnasnet1_0"))
                .containsEntry("layers.3.weight", HE)
                .containsEntry("layers.8.1.layers.3.weight", HE)
                .containsEntry("classifier.1.weight", new Initializer.Uniform(3 * 1.28));
    }

    /** torchvision: He's uniform for all convolutions but the last. */
    @Test
    void squeezeNetAsTorchvision() {
        assertThat(of("squeezenet1_1"))
                .containsEntry("features.0.weight", new Initializer.Uniform(6))
                .containsEntry("features.0.bias", ZEROS)
                .containsEntry("features.9.squeeze.weight", new Initializer.Uniform(6))
                .containsEntry("features.9.expand3x3.weight", new Initializer.Uniform(6))
                .containsEntry("classifier.1.weight", new Initializer.Normal(0.01));
    }
}
