package io.vertebra.backbones;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * CondenseNet in its form for use: a DenseNet of wider and wider layers, each of which looks at the features that its
 * groups have learnt to want, by an index, through 1×1 convolutions in groups.
 *
 * <p>The index is a tensor of the weights and is not trained: condensing, which finds it, is a training of its own that is
 * not here. Before training it names all features in order, so that a network begins with plain groups and a shuffle, and
 * its classifier looks at every other feature. Names as pytorchcv's.
 *
 * @see <a href="https://arxiv.org/abs/1711.09224">Huang et al. 2018</a>, table 2 and figure 3
 * @see DenseNet
 */
public final class CondenseNet implements BackboneFamily<CondenseNet.Config> {

    /** Rows are the groups, of both convolutions of a layer; as many share the features that are left of all. */
    // spotless:off
    private static final Variants<Integer> VARIANTS = Variants
        .of ("condensenet74_c4_g4", 4)
        .and("condensenet74_c8_g8", 8);
    // spotless:on

    private static final List<Integer> DEPTHS = List.of(4, 6, 8, 10, 8);
    private static final int STEM = 16;

    /** Features that a layer of the first stage adds; each later stage doubles them. */
    private static final int GROWTH = 8;

    /** Channels between the two convolutions of a layer, for each feature that it adds. */
    private static final int BOTTLENECK = 4;

    /**
     * Options.
     *
     * @param outputStride 32, 16 or 8
     * @param norm what the norms do in training
     * @param activation in place of ReLU
     * @param inChannels channels of the picture
     */
    public record Config(Integer outputStride, Norm norm, Activation.Function activation, Integer inChannels)
            implements BackboneConfig {
        /** Fills in and checks. */
        public Config {
            outputStride = BackboneConfig.checkedStride(outputStride, List.of(32, 16, 8), "");
            norm = Objects.requireNonNullElse(norm, Norm.AUTO);
            inChannels = BackboneConfig.checkedChannels(inChannels);
        }
    }

    @Override
    public FamilyTable<Config> table() {
        return VARIANTS.with(Config.class);
    }

    @Override
    public Pyramid build(String variant, Config config, Node input, GraphBuilder g) {
        int groups = VARIANTS.get(variant);
        Dilation dilation = new Dilation(config.outputStride());
        GraphBuilder features = g.in("features");
        Node x = features.in("init_block")
                .conv("conv", input, PreActivation.of(3, STEM).stride(2));
        List<Node> levels = new ArrayList<>();
        for (int stage = 0; stage < DEPTHS.size(); stage++) {
            GraphBuilder block = features.in("stage" + (stage + 1));
            Dilation.Steps steps = dilation.stage(x, stage == 0 ? 1 : 2);
            if (steps.stride() > 1) {
                x = block.averagePool(x, new AveragePool(Size.of(2), Size.of(2), Padding.none(), false, false));
            }
            for (int i = 0; i < DEPTHS.get(stage); i++) {
                x = layer(x, GROWTH << stage, groups, steps.rest(), block.in("unit" + (i + 1)));
            }
            levels.add(x);
        }
        GraphBuilder last = features.in("post_activ");
        levels.set(levels.size() - 1, PreActivation.active(x, last));
        return new Pyramid(levels);
    }

    /** On half of the features, which were found to matter. */
    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        GraphBuilder output = g.in("output");
        Node chosen = output.channelSelect(features, features.channels() / 2);
        return output.linear("linear", chosen, classes, Initializer.heUniform());
    }

    /** Figure 1, right: all that came before, and its new features. */
    private static Node layer(Node x, int growth, int groups, int dilation, GraphBuilder g) {
        GraphBuilder one = g.in("conv1");
        Node y = one.channelSelect(x, x.channels());
        y = PreActivation.conv(y, PreActivation.of(1, BOTTLENECK * growth).groups(groups), one);
        y = one.channelShuffle(y, groups);
        y = PreActivation.conv(y, PreActivation.of(3, growth).groups(groups).dilation(dilation), g.in("conv2"));
        return g.concat(x, y);
    }
}
