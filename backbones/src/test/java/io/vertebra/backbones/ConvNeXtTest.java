package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.Graph;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Flatten;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.LayerNorm;
import io.vertebra.graph.op.LayerScale;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvNeXtTest {

    private static Graph tiny(Integer outputStride, Double dropPath, Double layerScale) {
        return Layers.graph("convnext_tiny", new ConvNeXt.Config(outputStride, null, dropPath, layerScale, null));
    }

    @Test
    void hasDefaults() {
        assertThat(new ConvNeXt().defaults()).isEqualTo(new ConvNeXt.Config(32, null, 0.0, 1e-6, 3));
    }

    @Test
    void refusesWhatItCannotBe() {
        assertThatThrownBy(() -> new ConvNeXt.Config(4, null, null, null, null))
                .isInstanceOf(GraphException.class)
                .hasMessage("output_stride: must be 8 or 16 or 32, is 4");
        assertThatThrownBy(() -> new ConvNeXt.Config(null, null, 1.0, null, null))
                .hasMessage("drop_path: must lie in [0, 1), is 1.0");
        assertThatThrownBy(() -> tiny(null, null, Double.NaN)).hasMessageContaining("must be finite, is NaN");
    }

    @Test
    void scalesBranchesAsConfigured() {
        assertThat(Layers.all(tiny(null, null, null), LayerScale.class))
                .hasSize(18)
                .containsOnly(new LayerScale(1e-6));
        assertThat(Layers.all(tiny(null, null, 0.5), LayerScale.class)).containsOnly(new LayerScale(0.5));
    }

    @Test
    void normalisesWithASmallEpsilon() {
        assertThat(Layers.all(tiny(null, null, null), LayerNorm.class))
                .hasSize(1 + 3 + 18 + 1)
                .containsOnly(new LayerNorm(1e-6));
    }

    /** timm and torchvision: linear over all blocks, the first never, the last with the full rate. */
    @Test
    void dropsLaterBranchesMoreOften() {
        assertThat(Layers.dropPaths(tiny(null, null, null))).isEmpty();
        Map<String, Double> rates = Layers.dropPaths(tiny(null, 0.34, null));
        assertThat(rates).hasSize(17).doesNotContainKey("stages.0.blocks.0");
        assertThat(rates.get("stages.0.blocks.1")).isCloseTo(0.02, within(1e-12));
        assertThat(rates.get("stages.2.blocks.0")).isCloseTo(0.12, within(1e-12));
        assertThat(rates.get("stages.3.blocks.2")).isCloseTo(0.34, within(1e-12));
    }

    @Test
    void beginsAsTheAuthors() {
        Initializer normal = new Initializer.Normal(0.02);
        Initializer zeros = Initializer.zeros();
        assertThat(Layers.initializers(tiny(null, null, null)))
                .containsEntry("stem.0.weight", normal)
                .containsEntry("stages.1.downsample.1.weight", normal)
                .containsEntry("stages.1.blocks.0.conv_dw.weight", normal)
                .containsEntry("stages.1.blocks.0.conv_dw.bias", zeros)
                .containsEntry("stages.1.blocks.0.mlp.fc1.weight", normal)
                .containsEntry("stages.1.blocks.0.mlp.fc2.weight", normal)
                .containsEntry("head.fc.weight", normal)
                .containsEntry("head.fc.bias", zeros);
    }

    /** timm's {@code output_stride=8}: blocks of stages 2 and 3 dilated by 2 and 4. */
    @Test
    void dilatesItsBlocks() {
        assertThat(Layers.depthwise(tiny(32, null, null))).isEqualTo(Collections.nCopies(18, "1/1"));
        assertThat(Layers.depthwise(tiny(16, null, null))).startsWith("1/1").endsWith("1/1", "1/2", "1/2", "1/2");
        List<String> eight = Layers.depthwise(tiny(8, null, null));
        assertThat(eight.subList(0, 6)).containsOnly("1/1");
        assertThat(eight.subList(6, 15)).containsOnly("1/2");
        assertThat(eight.subList(15, 18)).containsOnly("1/4");
    }

    /** timm's convolutions between dilated stages: 2×2 at stride 1, dilated as the stage before, padded as TensorFlow. */
    @Test
    void keepsTheTapsBetweenDilatedStages() {
        Graph own = tiny(32, null, null);
        Graph dilated = tiny(8, null, null);
        for (int stage = 1; stage <= 3; stage++) {
            Convolution conv = downsample(own, stage);
            assertThat(conv.stride()).isEqualTo(Size.of(2));
            assertThat(conv.padding()).isEqualTo(Padding.none());
            Convolution shifted = downsample(dilated, stage);
            assertThat(shifted.kernel()).isEqualTo(Size.of(2));
            assertThat(shifted.stride()).isEqualTo(Size.of(stage == 1 ? 2 : 1));
            assertThat(shifted.padding()).isEqualTo(stage == 1 ? Padding.none() : Padding.same());
            assertThat(shifted.dilation()).isEqualTo(Size.of(stage == 3 ? 2 : 1));
        }
    }

    private static Convolution downsample(Graph graph, int stage) {
        return (Convolution) graph.node("stages." + stage + ".downsample.1").op();
    }

    /** timm's overlapping stems are two convolutions of 3×3 with bias, the first of them narrow in the small networks. */
    @ParameterizedTest
    @CsvSource({"convnext_atto_ols, 24, 40", "convnext_pico_ols, 32, 64", "convnext_nano_ols, 80, 80"})
    void beginsWithTwoConvolutionsWherePatchesOverlap(String variant, int first, int second) {
        Graph graph = Networks.classifier(variant);
        Convolution one = (Convolution) graph.node("stem.0").op();
        Convolution two = (Convolution) graph.node("stem.1").op();
        assertThat(List.of(one.out(), two.out())).containsExactly(first, second);
        assertThat(List.of(one, two))
                .allMatch(c -> c.kernel().equals(Size.of(3)) && c.stride().equals(Size.of(2)) && c.bias());
        assertThat(graph.node("stem.2").op()).isEqualTo(new LayerNorm(1e-6));
    }

    @Test
    void normalisesTheMapOrItsMean() {
        Graph graph = Networks.classifier("convnext_tiny_hnf");
        assertThat(graph.node("norm_pre").inputs()).containsExactly(graph.output("pyramid.3"));
        assertThat(graph.parameters()).hasSameSizeAs(tiny(null, null, null).parameters());
        assertThat(tiny(null, null, null).node("head.norm").inputs().get(0).op())
                .isInstanceOf(Flatten.class);
    }

    /** Every second cell of a map that kept its size is what the strided network has there. */
    @Test
    void seesTheSameDilated() {
        DilatedTwins.agree("convnext_atto", List.of(16));
    }
}
