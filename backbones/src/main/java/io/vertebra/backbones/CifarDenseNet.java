package io.vertebra.backbones;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * DenseNet for 32×32 pictures, whose layers are a single 3×3 convolution.
 *
 * <p>Names as pytorchcv's, and as there transitions halve the channels, which the paper's network without bottlenecks does
 * not: 0.6 million parameters instead of 1.0. The pyramid ends after the last norm and ReLU.
 *
 * @see <a href="https://arxiv.org/abs/1608.06993">Huang et al. 2016</a>, section 3 and table 2
 * @see DenseNet
 */
public final class CifarDenseNet implements BackboneFamily<CifarDenseNet.Config> {

    /** Layers of each block, and the channels that each adds. */
    private record Variant(int layers, int growth) {}

    // spotless:off
    private static final Variants<Variant> VARIANTS = Variants
        .of("densenet40_k12_cifar", new Variant(12, 12));
    // spotless:on

    private static final int BLOCKS = 3;

    /**
     * Options.
     *
     * @param outputStride 4, its own
     * @param norm what the norms do in training
     * @param activation in place of ReLU
     * @param dropout share of the values of each layer that training zeroes; 0.2 in the paper, without augmentation
     * @param inChannels channels of the picture
     */
    public record Config(
            Integer outputStride, Norm norm, Activation.Function activation, Double dropout, Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            outputStride = BackboneConfig.checkedStride(
                    outputStride, List.of(4), "a network for 32x32 pictures shrinks them no further");
            norm = Objects.requireNonNullElse(norm, Norm.AUTO);
            dropout = BackboneConfig.checkedRate("dropout", dropout, 0);
            inChannels = BackboneConfig.checkedChannels(inChannels);
        }
    }

    @Override
    public FamilyTable<Config> table() {
        return VARIANTS.with(Config.class);
    }

    @Override
    public Pyramid build(String variant, Config config, Node input, GraphBuilder g) {
        Variant v = VARIANTS.get(variant);
        GraphBuilder features = g.in("features");
        Node x = features.conv("init_block", input, PreActivation.of(3, 2 * v.growth()));
        List<Node> levels = new ArrayList<>();
        for (int block = 1; block <= BLOCKS; block++) {
            GraphBuilder stage = features.in("stage" + block);
            x = block == 1 ? x : transition(x, stage.in("trans" + block));
            for (int i = 1; i <= v.layers(); i++) {
                GraphBuilder unit = stage.in("unit" + i);
                Node y = PreActivation.conv(x, PreActivation.of(3, v.growth()), unit.in("conv"));
                x = unit.concat(x, unit.dropout(y, config.dropout()));
            }
            levels.add(block < BLOCKS ? x : PreActivation.active(x, features.in("post_activ")));
        }
        return new Pyramid(levels);
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("output", features, classes);
    }

    /** Half the channels, half the size. */
    private static Node transition(Node x, GraphBuilder g) {
        Node y = PreActivation.conv(x, PreActivation.of(1, x.channels() / 2), g.in("conv"));
        return g.averagePool(y, new AveragePool(Size.of(2), Size.of(2), Padding.none(), false, true));
    }
}
