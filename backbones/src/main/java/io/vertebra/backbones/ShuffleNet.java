package io.vertebra.backbones;

import io.vertebra.graph.Conv;
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
 * ShuffleNet: 1×1 convolutions in groups, and a shuffle between them that mixes the groups.
 *
 * <p>Names as pytorchcv's. The stem counts as one level, after its pooling. Where a stride is traded for dilation the
 * average of the shortcut keeps its 3×3 cells.
 *
 * @see <a href="https://arxiv.org/abs/1707.01083">Zhang et al. 2017</a>, table 1
 * @see ShuffleNetV2
 */
public final class ShuffleNet implements BackboneFamily<ShuffleNet.Config> {

    /** Groups, channels of the stem, and channels of the first stage; each later stage doubles them. */
    private record Variant(int groups, int stem, int width) {}

    // spotless:off
    private static final Variants<Variant> VARIANTS = Variants
        .of ("shufflenet_g1_w1",   new Variant(1, 24, 144))
        .and("shufflenet_g2_w1",   new Variant(2, 24, 200))
        .and("shufflenet_g3_w1",   new Variant(3, 24, 240))
        .and("shufflenet_g4_w1",   new Variant(4, 24, 272))
        .and("shufflenet_g8_w1",   new Variant(8, 24, 384))
        .and("shufflenet_g3_w3d4", new Variant(3, 18, 180))
        .and("shufflenet_g3_wd2",  new Variant(3, 12, 120))
        .and("shufflenet_g3_wd4",  new Variant(3,  6,  60));
    // spotless:on

    private static final List<Integer> DEPTHS = List.of(4, 8, 4);

    /** The filters of a unit have a quarter of its channels. */
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
        Variant v = VARIANTS.get(variant);
        Dilation dilation = new Dilation(config.outputStride());
        GraphBuilder stem = g.in("features", "init_block");
        Node x = stem.relu(convNorm("conv", "bn", input, Conv.of(3, v.stem()).stride(2), stem));
        x = stem.maxPool(x, 3, 2, 1);
        List<Node> levels = new ArrayList<>(List.of(x));
        for (int stage = 0; stage < DEPTHS.size(); stage++) {
            Dilation.Steps steps = dilation.stage(x, 2);
            for (int i = 0; i < DEPTHS.get(stage); i++) {
                // section 3.2: the few channels of the stem are not compressed in groups
                int compressed = stage == 0 && i == 0 ? 1 : v.groups();
                GraphBuilder unit = g.in("features", "stage" + (stage + 1), "unit" + (i + 1));
                x = unit(x, v.width() << stage, compressed, v.groups(), i == 0, steps.block(i), unit);
            }
            levels.add(x);
        }
        return new Pyramid(levels);
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("output", features, classes);
    }

    /** Figure 2(b), or (c) where it is the first one of its stage: beside the mean of the shortcut stand the new channels. */
    private static Node unit(
            Node x, int out, int compressed, int groups, boolean first, Dilation.Steps s, GraphBuilder g) {
        int middle = out / BOTTLENECK;
        Conv compress = Conv.of(1, middle).groups(compressed);
        Conv filter = Conv.of(3, middle).groups(middle).stride(s.stride()).dilation(s.first());
        Conv expand = Conv.of(1, first ? out - x.channels() : out).groups(groups);
        Node y = g.relu(convNorm("compress_conv1", "compress_bn1", x, compress, g));
        y = convNorm("dw_conv2", "dw_bn2", g.channelShuffle(y, groups), filter, g);
        y = convNorm("expand_conv3", "expand_bn3", y, expand, g);
        return g.relu(first ? g.concat(y, mean(x, s.stride(), g)) : g.add(y, x));
    }

    private static Node mean(Node x, int stride, GraphBuilder g) {
        return g.averagePool(x, new AveragePool(Size.of(3), Size.of(stride), Padding.of(1), false, true));
    }

    private static Node convNorm(String conv, String norm, Node x, Conv shape, GraphBuilder g) {
        return g.batchNorm(norm, g.conv(conv, x, shape.initializer(Initializer.heUniform())));
    }
}
