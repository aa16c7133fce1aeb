package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.ChannelSelect;
import io.vertebra.graph.op.ChannelShuffle;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.ParameterSpec;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CondenseNetTest {

    private static Graph graph(Integer outputStride) {
        return Layers.graph("condensenet74_c8_g8", new CondenseNet.Config(outputStride, null, null, null));
    }

    @Test
    void hasDefaults() {
        assertThat(new CondenseNet().defaults()).isEqualTo(new CondenseNet.Config(32, Norm.AUTO, null, 3));
        assertThatThrownBy(() -> new CondenseNet.Config(4, null, null, null))
                .isInstanceOf(GraphException.class)
                .hasMessage("output_stride: must be 8 or 16 or 32, is 4");
    }

    /** pytorchcv's: He's uniform, for the classifier too. */
    @Test
    void beginsAsPytorchcv() {
        Initializer he = new Initializer.Uniform(6);
        assertThat(Layers.initializers(graph(null)))
                .containsEntry("features.init_block.conv.weight", he)
                .containsEntry("features.stage1.unit1.conv1.conv.weight", he)
                .containsEntry("features.stage5.unit8.conv2.conv.weight", he)
                .containsEntry("output.linear.weight", he);
        assertThat(Layers.all(graph(null), BatchNorm.class)).containsOnly(new BatchNorm(1e-5, 0.1, false, 1));
    }

    /** All features in their order before a layer, every other one before the classifier; no training moves that. */
    @Test
    void beginsWithAllFeatures() {
        Graph graph = graph(null);
        Parameters parameters = Parameters.initialize(graph, 1);
        List<ParameterSpec> indices =
                graph.parameters().stream().filter(ParameterSpec::isIndex).toList();
        assertThat(indices).hasSize(37).allMatch(p -> p.name().endsWith(".index") && !p.isTrainable());
        for (ParameterSpec index : indices) {
            int step = index.name().equals("output.index") ? 2 : 1;
            float[] values = parameters.get(index.name());
            assertThat(values).hasSize(index.below() / step);
            for (int i = 0; i < values.length; i++) {
                assertThat(values[i]).as(index.name()).isEqualTo(step * i);
            }
        }
        assertThat(Layers.all(graph, ChannelSelect.class)).hasSize(37).last().isEqualTo(new ChannelSelect(1032));
    }

    @ParameterizedTest
    @CsvSource({"condensenet74_c4_g4, 4", "condensenet74_c8_g8, 8"})
    void hasGroupsInBothConvolutions(String variant, int groups) {
        Graph graph = Networks.classifier(variant);
        assertThat(Layers.all(graph, Convolution.class).stream().skip(1))
                .hasSize(72)
                .allMatch(c -> c.groups() == groups);
        assertThat(Layers.all(graph, ChannelShuffle.class)).hasSize(36).allMatch(s -> s.groups() == groups);
    }

    /** As DenseNet's: a transition that loses its stride does not pool. */
    @Test
    void dilatesAsDenseNet() {
        Graph eight = graph(8);
        assertThat(Layers.all(eight, AveragePool.class)).hasSize(2);
        assertThat(Stream.of("stage3.unit8", "stage4.unit1", "stage4.unit10", "stage5.unit1", "stage5.unit8")
                        .map(unit -> eight.node("features." + unit + ".conv2.conv"))
                        .map(Node::op)
                        .map(op -> ((Convolution) op).dilation().height()))
                .containsExactly(1, 2, 2, 4, 4);
    }
}
