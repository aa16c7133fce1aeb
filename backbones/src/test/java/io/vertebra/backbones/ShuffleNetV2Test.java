package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Graph;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Initializer;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShuffleNetV2Test {

    private static Graph half(Integer outputStride) {
        return Layers.graph("shufflenet_v2_x0_5", new ShuffleNetV2.Config(outputStride, null, null, null));
    }

    @Test
    void hasDefaults() {
        assertThat(new ShuffleNetV2().defaults()).isEqualTo(new ShuffleNetV2.Config(32, Norm.AUTO, null, 3));
        assertThatThrownBy(() -> new ShuffleNetV2.Config(4, null, null, null))
                .isInstanceOf(GraphException.class)
                .hasMessage("output_stride: must be 8 or 16 or 32, is 4");
    }

    /** torchvision leaves PyTorch's own initial values. */
    @Test
    void beginsAsTorchvision() {
        Initializer pytorch = new Initializer.Uniform(1);
        assertThat(Layers.initializers(half(null)))
                .containsEntry("conv1.0.weight", pytorch)
                .containsEntry("stage2.0.branch1.0.weight", pytorch)
                .containsEntry("stage2.0.branch2.5.weight", pytorch)
                .containsEntry("conv5.0.weight", pytorch)
                .containsEntry("fc.weight", pytorch);
        assertThat(Layers.all(half(null), BatchNorm.class)).containsOnly(new BatchNorm(1e-5, 0.1, false, 1));
    }

    /** Both filters of a stage's first block keep the dilation of the stage before. */
    @Test
    void dilatesItsFilters() {
        List<String> eight = Layers.depthwise(half(8));
        assertThat(eight.subList(0, 5)).containsExactly("2/1", "2/1", "1/1", "1/1", "1/1");
        assertThat(eight.subList(5, 14))
                .startsWith("1/1", "1/1")
                .endsWith(Collections.nCopies(7, "1/2").toArray(String[]::new));
        assertThat(eight.subList(14, 19)).containsExactly("1/2", "1/2", "1/4", "1/4", "1/4");
    }

    @Test
    void seesTheSameDilated() {
        DilatedTwins.agree("shufflenet_v2_x0_5", List.of(16, 8));
    }
}
