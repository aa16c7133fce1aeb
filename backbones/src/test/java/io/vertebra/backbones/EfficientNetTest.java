package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.Graph;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Dropout;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Padding;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EfficientNetTest {

    private static EfficientNet.Config config(Double width, Integer outputStride, Double dropPath, Double dropout) {
        return new EfficientNet.Config(width, outputStride, null, null, dropPath, dropout, null);
    }

    private static Graph graph(String variant) {
        return Layers.graph(variant, new EfficientNet().defaults());
    }

    @Test
    void hasDefaults() {
        assertThat(new EfficientNet().defaults())
                .isEqualTo(new EfficientNet.Config(1.0, 32, Norm.AUTO, null, 0.2, null, 3));
    }

    @Test
    void refusesWhatItCannotBe() {
        assertThatThrownBy(() -> config(0.0, null, null, null))
                .isInstanceOf(GraphException.class)
                .hasMessage("width: must lie in (0, 16], is 0.0");
        assertThatThrownBy(() -> config(null, 4, null, null)).hasMessageStartingWith("output_stride: ");
        assertThatThrownBy(() -> config(null, null, 1.0, null)).hasMessageStartingWith("drop_path: ");
        assertThatThrownBy(() -> config(null, null, null, 1.0)).hasMessage("dropout: must lie in [0, 1), is 1.0");
    }

    /** torchvision's three kinds of norms, timm's of TensorFlow's weights, and the authors' dropout before the classifier. */
    @ParameterizedTest
    @CsvSource({
        "efficientnet_b0,   1e-5, 0.1,  0.2",
        "efficientnet_b1,   1e-5, 0.1,  0.2",
        "efficientnet_b2,   1e-5, 0.1,  0.3",
        "efficientnet_b3,   1e-5, 0.1,  0.3",
        "efficientnet_b4,   1e-5, 0.1,  0.4",
        "efficientnet_b5,   1e-3, 0.01, 0.4",
        "efficientnet_b6,   1e-3, 0.01, 0.5",
        "efficientnet_b7,   1e-3, 0.01, 0.5",
        "efficientnet_v2_s, 1e-3, 0.1,  0.2",
        "efficientnet_v2_m, 1e-3, 0.1,  0.3",
        "efficientnet_v2_l, 1e-3, 0.1,  0.4",
        "tf_efficientnet_b0,   1e-3, 0.1, 0.2",
        "tf_efficientnet_b1,   1e-3, 0.1, 0.2",
        "tf_efficientnet_b2,   1e-3, 0.1, 0.3",
        "tf_efficientnet_b3,   1e-3, 0.1, 0.3",
        "tf_efficientnet_b4,   1e-3, 0.1, 0.4",
        "tf_efficientnet_b5,   1e-3, 0.1, 0.4",
        "tf_efficientnet_b6,   1e-3, 0.1, 0.5",
        "tf_efficientnet_b7,   1e-3, 0.1, 0.5",
        "tf_efficientnetv2_b0, 1e-3, 0.1, 0.2",
        "tf_efficientnetv2_b1, 1e-3, 0.1, 0.2",
        "tf_efficientnetv2_b2, 1e-3, 0.1, 0.3",
        "tf_efficientnetv2_b3, 1e-3, 0.1, 0.3",
        "tf_efficientnetv2_s,  1e-3, 0.1, 0.2",
        "tf_efficientnetv2_m,  1e-3, 0.1, 0.3",
        "tf_efficientnetv2_l,  1e-3, 0.1, 0.4"
    })
    void trainsAsItsSource(String variant, double epsilon, double momentum, double dropout) {
        Graph graph = graph(variant);
        assertThat(Layers.all(graph, BatchNorm.class)).containsOnly(new BatchNorm(epsilon, momentum, false, 1));
        assertThat(Layers.all(graph, Dropout.class)).containsExactly(new Dropout(dropout));
    }

    @Test
    void padsAsTensorFlowWhereItsWeightsNeedIt() {
        for (String variant : new EfficientNet().variants()) {
            assertThat(Layers.padded(graph(variant)))
                    .as(variant)
                    .isNotEmpty()
                    .allMatch(c -> c.padding().equals(Padding.same()) == variant.startsWith("tf_"));
        }
    }

    @Test
    void takesAnotherDropout() {
        Graph none = Layers.graph("efficientnet_b7", config(null, null, 0.0, 0.0));
        assertThat(Layers.all(none, Dropout.class)).isEmpty();
        assertThat(Layers.dropPaths(none)).isEmpty();
        assertThat(Layers.all(Layers.graph("efficientnet_b7", config(null, null, null, 0.1)), Dropout.class))
                .containsExactly(new Dropout(0.1));
    }

    /** torchvision: rate · block / blocks, where there is a shortcut. */
    @Test
    void dropsLaterBranchesMoreOften() {
        Map<String, Double> rates = Layers.dropPaths(Layers.graph("efficientnet_b0", config(null, null, 0.32, null)));
        assertThat(rates.keySet())
                .containsExactly(
                        "features.2.1",
                        "features.3.1",
                        "features.4.1",
                        "features.4.2",
                        "features.5.1",
                        "features.5.2",
                        "features.6.1",
                        "features.6.2",
                        "features.6.3");
        assertThat(rates.get("features.2.1")).isCloseTo(0.04, within(1e-12));
        assertThat(rates.get("features.6.3")).isCloseTo(0.28, within(1e-12));
        Map<String, Double> small = Layers.dropPaths(Layers.graph("efficientnet_v2_s", config(null, null, 0.4, null)));
        assertThat(small.get("features.1.1")).isCloseTo(0.01, within(1e-12)); // the second of 40 blocks
        assertThat(small).doesNotContainKey("features.1.0");
    }

    @Test
    void beginsAsTorchvision() {
        Initializer he = new Initializer.KaimingNormalFanOut();
        assertThat(Layers.initializers(graph("efficientnet_b0")))
                .containsEntry("features.0.0.weight", he)
                .containsEntry("features.2.0.block.1.0.weight", he)
                .containsEntry("features.2.0.block.2.fc1.weight", he)
                .containsEntry("features.2.0.block.2.fc1.bias", Initializer.zeros())
                .containsEntry("classifier.1.weight", new Initializer.Uniform(1280 / 1000.0)) // within ±1/√1000
                .containsEntry("classifier.1.bias", Initializer.zeros());
    }

    /** timm's {@code output_stride}: the first block of a stage keeps the dilation of the stage before. */
    @Test
    void dilatesAsTimm() {
        assertThat(Layers.depthwise(Layers.graph("efficientnet_b0", config(null, 16, null, null))))
                .containsExactly(
                        "1/1", "2/1", "1/1", "2/1", "1/1", "2/1", "1/1", "1/1", "1/1", "1/1", "1/1", "1/1", "1/2",
                        "1/2", "1/2", "1/2");
        assertThat(Layers.depthwise(Layers.graph("efficientnet_b0", config(null, 8, null, null))))
                .containsExactly(
                        "1/1", "2/1", "1/1", "2/1", "1/1", "1/1", "1/2", "1/2", "1/2", "1/2", "1/2", "1/2", "1/4",
                        "1/4", "1/4", "1/4");
        List<String> small = Layers.depthwise(Layers.graph("efficientnet_v2_s", config(null, 8, null, null)));
        assertThat(small.subList(0, 2)).containsExactly("1/1", "1/2");
        assertThat(small.subList(14, 17)).containsExactly("1/2", "1/2", "1/4");
    }

    /** torchvision's {@code width_mult} of B0. */
    @ParameterizedTest
    @CsvSource({"0.25, 646746", "0.5, 1712522", "1.5, 10789510"})
    void widensAsTorchvision(double width, long parameters) {
        assertThat(Layers.graph("efficientnet_b0", config(width, null, null, null))
                        .parameterCount())
                .isEqualTo(parameters);
    }

    @Test
    void widensVersionTwo() {
        Backbone<?> half = Networks.get("efficientnet_v2_s").with(config(0.5, null, null, null));
        assertThat(Networks.pyramid(half).channels()).containsExactly(16, 24, 32, 80, 128);
        Graph twice = Layers.graph("efficientnet_v2_s", config(2.0, null, null, null));
        assertThat(((Convolution) twice.node("features.7.0").op()).out()).isEqualTo(2560);
        Graph small = Layers.graph("tf_efficientnetv2_b2", config(0.5, null, null, null)); // 0.55 in all
        assertThat(((Convolution) small.node("features.0.0").op()).out()).isEqualTo(16);
        assertThat(((Convolution) small.node("features.7.0").op()).out()).isEqualTo(1280);
    }

    /** A block that lost its stride to dilation gains no shortcut: at a tenth of the width two stages have 8 channels. */
    @Test
    void hasTheSameShortcutsDilated() {
        Graph own = Layers.graph("efficientnet_b0", config(0.1, 32, null, null));
        Graph dilated = Layers.graph("efficientnet_b0", config(0.1, 8, null, null));
        assertThat(Layers.dropPaths(dilated)).isEqualTo(Layers.dropPaths(own));
    }
}
