package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.Graph;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Dropout;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Multiply;
import io.vertebra.graph.op.Padding;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MobileNetV3MinimalTest {
    private static final String SMALL = "tf_mobilenetv3_small_minimal_100";
    private static final String LARGE = "tf_mobilenetv3_large_minimal_100";

    private static Graph graph(String variant, Double width, Integer outputStride, Double dropPath, Double dropout) {
        return Layers.graph(
                variant, new MobileNetV3Minimal.Config(width, outputStride, null, null, dropPath, dropout, null));
    }

    @Test
    void hasDefaults() {
        assertThat(new MobileNetV3Minimal().defaults())
                .isEqualTo(new MobileNetV3Minimal.Config(1.0, 32, Norm.AUTO, null, 0.0, 0.0, 3));
    }

    @Test
    void refusesWhatItCannotBe() {
        assertThatThrownBy(() -> graph(SMALL, -1.0, null, null, null))
                .isInstanceOf(GraphException.class)
                .hasMessage("width: must lie in (0, 16], is -1.0");
        assertThatThrownBy(() -> graph(SMALL, null, 4, null, null)).hasMessageStartingWith("output_stride: ");
        assertThatThrownBy(() -> graph(SMALL, null, null, 1.0, null)).hasMessageStartingWith("drop_path: ");
        assertThatThrownBy(() -> graph(SMALL, null, null, null, 1.0)).hasMessageStartingWith("dropout: ");
    }

    /** No gates, no hard swish, and TensorFlow's padding whatever the conventions. */
    @Test
    void isMinimal() {
        Graph graph = graph(LARGE, null, null, null, null);
        assertThat(Layers.all(graph, Multiply.class)).isEmpty();
        assertThat(Layers.all(graph, Activation.class)).containsOnly(new Activation(Activation.Function.RELU));
        assertThat(Layers.all(graph, Convolution.class))
                .filteredOn(c -> c.kernel().height() == 3)
                .hasSize(16)
                .allMatch(c -> c.padding().equals(Padding.same()));
    }

    @Test
    void trainsAsTimm() {
        Graph graph = graph(SMALL, null, null, null, 0.2);
        Initializer he = new Initializer.KaimingNormalFanOut();
        assertThat(Layers.all(graph, BatchNorm.class)).hasSize(34).containsOnly(new BatchNorm(1e-3, 0.1, false, 1));
        assertThat(Layers.all(graph, Dropout.class)).containsExactly(new Dropout(0.2));
        assertThat(Layers.initializers(graph))
                .containsEntry("conv_stem.weight", he)
                .containsEntry("blocks.0.0.conv_dw.weight", new Initializer.Normal(Math.sqrt(2 / 9.0)))
                .containsEntry("blocks.1.0.conv_pw.weight", he)
                .containsEntry("blocks.1.0.conv_pwl.weight", he)
                .containsEntry("conv_head.weight", he)
                .containsEntry("conv_head.bias", Initializer.zeros())
                .containsEntry("classifier.weight", new Initializer.Uniform(1024 / 1000.0)); // within ±1/√1000
    }

    @Test
    void dropsLaterBranchesMoreOften() {
        assertThat(Layers.dropPaths(graph(LARGE, null, null, null, null))).isEmpty();
        Map<String, Double> rates = Layers.dropPaths(graph(LARGE, null, null, 0.28, null));
        assertThat(rates.keySet())
                .containsExactly(
                        "blocks.1.1",
                        "blocks.2.1",
                        "blocks.2.2",
                        "blocks.3.1",
                        "blocks.3.2",
                        "blocks.3.3",
                        "blocks.4.1",
                        "blocks.5.1",
                        "blocks.5.2");
        assertThat(rates.get("blocks.1.1")).isCloseTo(0.04, within(1e-12));
        assertThat(rates.get("blocks.5.2")).isCloseTo(0.28, within(1e-12));
    }

    /** timm's {@code output_stride}: the first block of a stage keeps the dilation of the stage before. */
    @Test
    void dilatesAsTimm() {
        assertThat(Layers.depthwise(graph(SMALL, null, 8, null, null)))
                .containsExactly("2/1", "2/1", "1/1", "1/1", "1/2", "1/2", "1/2", "1/2", "1/2", "1/4", "1/4");
        assertThat(Layers.depthwise(graph(SMALL, null, 16, null, null)))
                .containsExactly("2/1", "2/1", "1/1", "2/1", "1/1", "1/1", "1/1", "1/1", "1/1", "1/2", "1/2");
    }

    /** The pyramid of timm's mobilenetv3_small_075; as there, the hidden layer before the classifier does not shrink. */
    @Test
    void widensAsTimm() {
        Graph narrow = graph(SMALL, 0.75, null, null, null);
        Backbone<?> backbone =
                Networks.get(SMALL).with(new MobileNetV3Minimal.Config(0.75, null, null, null, null, null, null));
        assertThat(Networks.pyramid(backbone).channels())
                .isEqualTo(Anchors.read().variant("mobilenetv3_small_075", "").channels());
        assertThat(((Convolution) narrow.node("conv_head").op()).out()).isEqualTo(1024);
        assertThat(((Convolution) graph(SMALL, 2.0, null, null, null)
                                .node("conv_head")
                                .op())
                        .out())
                .isEqualTo(2048);
    }

    /** At a tenth of the width two stages have 8 channels; without its stride the second gains no shortcut. */
    @Test
    void hasTheSameShortcutsDilated() {
        assertThat(Layers.dropPaths(graph(LARGE, 0.1, 8, 0.1, null)).keySet())
                .isEqualTo(Layers.dropPaths(graph(LARGE, 0.1, 32, 0.1, null)).keySet());
    }
}
