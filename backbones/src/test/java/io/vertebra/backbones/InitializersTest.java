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
