package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Graph;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.ChannelShuffle;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Initializer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShuffleNetTest {

    private static Graph graph(String variant, Integer outputStride) {
        return Layers.graph(variant, new ShuffleNet.Config(outputStride, null, null, null));
    }

    @Test
    void hasDefaults() {
        assertThat(new ShuffleNet().defaults()).isEqualTo(new ShuffleNet.Config(32, Norm.AUTO, null, 3));
        assertThatThrownBy(() -> new ShuffleNet.Config(4, null, null, null))
                .isInstanceOf(GraphException.class)
                .hasMessage("output_stride: must be 8 or 16 or 32, is 4");
    }

    /** pytorchcv's: He's uniform for convolutions, PyTorch's own for the classifier. */
    @Test
    void beginsAsPytorchcv() {
        Initializer he = new Initializer.Uniform(6);
        assertThat(Layers.initializers(graph("shufflenet_g3_w1", null)))
                .containsEntry("features.init_block.conv.weight", he)
                .containsEntry("features.stage1.unit1.compress_conv1.weight", he)
                .containsEntry("features.stage2.unit3.dw_conv2.weight", he)
                .containsEntry("features.stage3.unit4.expand_conv3.weight", he)
                .containsEntry("output.weight", new Initializer.Uniform(1));
        assertThat(Layers.all(graph("shufflenet_g3_w1", null), BatchNorm.class))
                .containsOnly(new BatchNorm(1e-5, 0.1, false, 1));
    }

    /** Also where there is one group, and nothing to mix: section 3.2. */
    @ParameterizedTest
    @CsvSource({"shufflenet_g1_w1, 1", "shufflenet_g3_w1, 3", "shufflenet_g8_w1, 8", "shufflenet_g3_wd4, 3"})
    void hasItsGroupsButInTheFirstConvolution(String variant, int groups) {
        Graph graph = graph(variant, null);
        assertThat(Layers.all(graph, ChannelShuffle.class)).hasSize(16).allMatch(s -> s.groups() == groups);
        assertThat(((Convolution) graph.node("features.stage1.unit1.compress_conv1")
                                .op())
                        .groups())
                .isEqualTo(1);
        assertThat(((Convolution)
                                graph.node("features.stage1.unit1.expand_conv3").op())
                        .groups())
                .isEqualTo(groups);
        assertThat(((Convolution) graph.node("features.stage2.unit1.compress_conv1")
                                .op())
                        .groups())
                .isEqualTo(groups);
    }

    /** The first unit of a stage keeps the dilation of the stage before. */
    @Test
    void dilatesItsFilters() {
        List<String> eight = Layers.depthwise(graph("shufflenet_g1_w1", 8));
        assertThat(String.join(" ", eight)).isEqualTo("2/1 1/1 1/1 1/1 1/1 " + "1/2 ".repeat(7) + "1/2 1/4 1/4 1/4");
        assertThat(Layers.all(graph("shufflenet_g1_w1", 8), AveragePool.class).stream()
                        .map(p -> p.stride().height()))
                .containsExactly(2, 1, 1);
    }

    /** At 8 the averages of the last stage's shortcut are those of nearer cells. */
    @Test
    void seesTheSameDilated() {
        DilatedTwins.agree("shufflenet_g3_wd4", List.of(16));
    }
}
