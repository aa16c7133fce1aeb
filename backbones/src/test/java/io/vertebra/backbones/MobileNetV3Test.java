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
import io.vertebra.graph.op.Linear;
import io.vertebra.graph.op.Padding;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MobileNetV3Test {
    private static final String LARGE = "mobilenet_v3_large";

    private static MobileNetV3.Config config(Double width, Integer outputStride, Double dropPath) {
        return new MobileNetV3.Config(width, outputStride, null, null, dropPath, null, null, null, null, null, null);
    }

    private static MobileNetV3.Config forDetection(boolean reducedTail, boolean expandedLevel) {
        return new MobileNetV3.Config(null, null, null, null, null, null, reducedTail, expandedLevel, null, null, null);
    }

    @Test
    void hasDefaults() {
        assertThat(new MobileNetV3().defaults())
                .isEqualTo(new MobileNetV3.Config(1.0, 32, Norm.AUTO, null, 0.0, 0.2, false, false, false, false, 3));
    }

    @Test
    void refusesWhatItCannotBe() {
        assertThatThrownBy(() -> config(17.0, null, null))
                .isInstanceOf(GraphException.class)
                .hasMessage("width: must lie in (0, 16], is 17.0");
        assertThatThrownBy(() -> config(null, 4, null)).hasMessageStartingWith("output_stride: ");
        assertThatThrownBy(() -> config(null, null, 1.0)).hasMessageStartingWith("drop_path: ");
        assertThatThrownBy(
                        () -> new MobileNetV3.Config(null, null, null, null, null, -0.1, null, null, null, null, null))
                .hasMessage("dropout: must lie in [0, 1), is -0.1");
    }

    @Test
    void trainsAsTorchvision() {
        Graph graph = Layers.graph(LARGE, new MobileNetV3().defaults());
        Initializer he = new Initializer.KaimingNormalFanOut();
        assertThat(Layers.all(graph, BatchNorm.class)).hasSize(46).containsOnly(new BatchNorm(1e-3, 0.01, false, 1));
        assertThat(Layers.all(graph, Dropout.class)).containsExactly(new Dropout(0.2));
        assertThat(Layers.initializers(graph))
                .containsEntry("features.0.0.weight", he)
                .containsEntry("features.4.block.1.0.weight", he)
                .containsEntry("features.4.block.2.fc2.weight", he)
                .containsEntry("classifier.0.weight", new Initializer.Normal(0.01))
                .containsEntry("classifier.3.weight", new Initializer.Normal(0.01))
                .containsEntry("classifier.3.bias", Initializer.zeros());
    }

    /** timm's norms, and TensorFlow's ε and padding where its weights need them. */
    @ParameterizedTest
    @CsvSource({
        "mobilenet_v3_small,       1e-3, 0.01, false",
        "mobilenet_v3_large,       1e-3, 0.01, false",
        "mobilenetv3_small_050,    1e-5, 0.1,  false",
        "mobilenetv3_small_075,    1e-5, 0.1,  false",
        "mobilenetv3_large_075,    1e-5, 0.1,  false",
        "tf_mobilenetv3_small_075, 1e-3, 0.1,  true",
        "tf_mobilenetv3_small_100, 1e-3, 0.1,  true",
        "tf_mobilenetv3_large_075, 1e-3, 0.1,  true",
        "tf_mobilenetv3_large_100, 1e-3, 0.1,  true"
    })
    void hasTheConstantsOfItsSource(String variant, double epsilon, double momentum, boolean samePadding) {
        Graph graph = Layers.graph(variant, new MobileNetV3().defaults());
        assertThat(Layers.all(graph, BatchNorm.class)).containsOnly(new BatchNorm(epsilon, momentum, false, 1));
        assertThat(Layers.padded(graph)).isNotEmpty().allMatch(c -> c.padding().equals(Padding.same()) == samePadding);
    }

    /** timm's widths: blocks expand what they are given by a ratio; the stem and the hidden layer do not shrink. */
    @Test
    void widensAsTimm() {
        Graph half = Layers.graph("tf_mobilenetv3_small_100", config(0.5, null, null));
        assertThat(half.parameterCount())
                .isEqualTo(Anchors.read().variant("mobilenetv3_small_050", "").parameters());
        Graph twice = Layers.graph("mobilenetv3_small_075", config(2.0, null, null));
        assertThat(((Convolution) twice.node("features.0.0").op()).out()).isEqualTo(24);
        assertThat(((Linear) twice.node("classifier.0").op()).out()).isEqualTo(1536);
        Graph reduced = Layers.graph("tf_mobilenetv3_large_100", forDetection(true, false));
        assertThat(reduced.parameterCount())
                .isEqualTo(Layers.graph(LARGE, forDetection(true, false)).parameterCount());
    }

    @Test
    void dropsLaterBranchesMoreOften() {
        Map<String, Double> rates = Layers.dropPaths(Layers.graph(LARGE, config(null, null, 0.28)));
        assertThat(rates.keySet())
                .containsExactly(
                        "features.3",
                        "features.5",
                        "features.6",
                        "features.8",
                        "features.9",
                        "features.10",
                        "features.12",
                        "features.14",
                        "features.15");
        assertThat(rates.get("features.3")).isCloseTo(0.04, within(1e-12));
        assertThat(rates.get("features.15")).isCloseTo(0.28, within(1e-12));
    }

    /** torchvision's {@code dilated=True} is output stride 16; its first block of the last stage is dilated as well. */
    @Test
    void dilatesAsTorchvision() {
        assertThat(Layers.depthwise(Layers.graph(LARGE, config(null, 16, null))))
                .containsExactly(
                        "1/1", "2/1", "1/1", "2/1", "1/1", "1/1", "2/1", "1/1", "1/1", "1/1", "1/1", "1/1", "1/2",
                        "1/2", "1/2");
        assertThat(Layers.depthwise(Layers.graph("mobilenet_v3_small", config(null, 16, null))))
                .containsExactly("2/1", "2/1", "1/1", "2/1", "1/1", "1/1", "1/1", "1/1", "1/2", "1/2", "1/2");
        List<String> eight = Layers.depthwise(Layers.graph(LARGE, config(null, 8, null)));
        assertThat(eight.subList(6, 12)).containsOnly("1/2");
        assertThat(eight.subList(12, 15)).containsOnly("1/4");
    }

    /** timm's {@code output_stride}: the first block of a stage keeps the dilation of the stage before. */
    @Test
    void dilatesAsTimm() {
        assertThat(Layers.depthwise(Layers.graph("tf_mobilenetv3_small_075", config(null, 8, null))))
                .containsExactly("2/1", "2/1", "1/1", "1/1", "1/2", "1/2", "1/2", "1/2", "1/2", "1/4", "1/4");
        assertThat(Layers.depthwise(Layers.graph("mobilenetv3_large_075", config(null, 16, null)))
                        .subList(11, 15))
                .containsExactly("1/1", "1/1", "1/2", "1/2");
    }

    /** torchvision's {@code width_mult} and {@code reduced_tail}. */
    @ParameterizedTest
    @CsvSource({
        "mobilenet_v3_large, 0.35, false, 997064",
        "mobilenet_v3_large, 0.75, false, 3377576",
        "mobilenet_v3_large, 0.75, true,  1620728",
        "mobilenet_v3_large, 1.0,  true,  2569352",
        "mobilenet_v3_large, 1.25, false, 8164744",
        "mobilenet_v3_small, 0.35, true,  262608",
        "mobilenet_v3_small, 0.5,  false, 917264",
        "mobilenet_v3_small, 1.0,  true,  1099672"
    })
    void widensAsTorchvision(String variant, double width, boolean reducedTail, long parameters) {
        MobileNetV3.Config config =
                new MobileNetV3.Config(width, null, null, null, null, null, reducedTail, null, null, null, null);
        assertThat(Layers.graph(variant, config).parameterCount()).isEqualTo(parameters);
    }

    /** At a tenth of the width two stages have 8 channels; without its stride the second gains no shortcut. */
    @Test
    void hasTheSameShortcutsDilated() {
        assertThat(Layers.dropPaths(Layers.graph(LARGE, config(0.1, 8, 0.1))))
                .isEqualTo(Layers.dropPaths(Layers.graph(LARGE, config(0.1, 32, 0.1))));
    }

    /** torchvision's {@code stage_indices}: 0, 2, 4, 7 and 16 of the large form. */
    @ParameterizedTest
    @CsvSource({
        "mobilenet_v3_large, 32, 2, 4, 7, 2 4 8 16 32",
        "mobilenet_v3_large, 16, 2, 4, 7, 2 4 8 16 16",
        "mobilenet_v3_small, 32, 1, 2, 4, 2 4 8 16 32"
    })
    void givesTheFirstMapsOfEachReduction(
            String variant, int outputStride, int second, int third, int fourth, String reductions) {
        Pyramid pyramid = Networks.pyramid(Networks.get(variant)
                .with(new MobileNetV3.Config(
                        null, outputStride, null, null, null, null, null, null, true, null, null)));
        assertThat(pyramid.levels().get(0).name()).isEqualTo("features.0.hard_swish");
        assertThat(pyramid.levels().subList(1, 4).stream()
                        .map(n -> n.name().split("\\.", -1)[1])
                        .map(Integer::valueOf))
                .containsExactly(second, third, fourth);
        assertThat(pyramid.reductions().stream().map(String::valueOf).collect(Collectors.joining(" ")))
                .isEqualTo(reductions);
        assertThat(pyramid.last().channels())
                .isEqualTo(Networks.pyramid(Networks.get(variant)).last().channels());
    }

    @Test
    void refusesFirstMapsWithTheExpansion() {
        assertThatThrownBy(
                        () -> new MobileNetV3.Config(null, null, null, null, null, null, null, true, true, null, null))
                .isInstanceOf(GraphException.class)
                .hasMessage("first_maps: must be false with expanded_level");
    }

    @Test
    void givesSsdLiteTheExpansion() {
        Backbone<?> large = Networks.get(LARGE);
        Pyramid lite = Networks.pyramid(large.with(forDetection(true, true)));
        assertThat(lite.channels()).containsExactly(16, 24, 40, 672, 480);
        assertThat(lite.reductions()).containsExactly(2, 4, 8, 16, 32);
        assertThat(lite.levels().get(3).name()).isEqualTo("features.13.block.0.hard_swish");
        assertThat(Networks.pyramid(large.with(forDetection(false, true))).channels())
                .containsExactly(16, 24, 40, 672, 960);
        Backbone<?> small = Networks.get("mobilenet_v3_small");
        assertThat(Networks.pyramid(small.with(forDetection(false, true))).channels())
                .containsExactly(16, 16, 24, 288, 576);
    }

    @Test
    void givesFasterRcnnTheFirstBlockOfTheLastStage() {
        MobileNetV3.Config config =
                new MobileNetV3.Config(null, null, null, null, null, null, null, null, null, true, null);
        Pyramid pyramid = Networks.pyramid(Networks.get(LARGE).with(config));
        assertThat(pyramid.channels()).containsExactly(16, 24, 40, 112, 160, 960);
        assertThat(pyramid.reductions()).containsExactly(2, 4, 8, 16, 32, 32);
        assertThat(pyramid.levels().get(4).name()).startsWith("features.13.");
        assertThat(Networks.pyramid(Networks.get("mobilenet_v3_small").with(config))
                        .channels())
                .containsExactly(16, 16, 24, 48, 96, 576);
    }
}
