package io.vertebra.heads.segmentation;

import io.vertebra.backbones.Backbone;
import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Initializer;
import io.vertebra.heads.Auxiliary;
import io.vertebra.heads.SegmentationHead;
import io.vertebra.heads.Trunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * DeepLab v3+: the ASPP of v3 with depthwise separable convolutions, then a decoder that joins it with a fine level.
 *
 * @see <a href="https://arxiv.org/abs/1802.02611">Chen et al. 2018</a>, figure 2
 */
public final class DeepLabV3PlusHead implements SegmentationHead<DeepLabV3PlusHead.Config> {

    /** Whose form and names. */
    public enum Style {
        /** A norm and ReLU behind each depthwise convolution, two convolutions in the decoder; mmsegmentation. */
        MMSEG,
        /** None between depthwise and pointwise convolution, one convolution in the decoder; smp. */
        SMP
    }

    private static final List<Integer> RATES = List.of(12, 24, 36);
    private static final int FINE = 4;

    /**
     * Options.
     *
     * @param style whose form and names
     * @param rates dilation of each 3×3 branch
     * @param channels of each branch, and of the decoder
     * @param fineChannels that the fine level is brought to
     * @param dropout share of the channels that training zeroes: before the last layer (mmseg), in the ASPP (smp)
     * @param alignCorners of the enlargement of the ASPP and of the logits
     */
    public record Config(
            Style style,
            List<Integer> rates,
            Integer channels,
            Integer fineChannels,
            Double dropout,
            Boolean alignCorners) {
        /** Fills in and checks. */
        public Config {
            style = Objects.requireNonNullElse(style, Style.MMSEG);
            rates = DeepLabV3Head.checkedRates(rates, RATES);
            channels = Layers.checkedChannels(channels, style == Style.MMSEG ? 512 : 256);
            fineChannels = Objects.requireNonNullElse(fineChannels, 48);
            Check.atLeast(1, "fine_channels", fineChannels);
            dropout = Layers.checkedDropout(dropout, style == Style.MMSEG ? 0.1 : 0.5);
            alignCorners = Objects.requireNonNullElse(alignCorners, style == Style.SMP);
        }
    }

    @Override
    public Class<Config> config() {
        return Config.class;
    }

    @Override
    public Config defaults() {
        return new Config(null, null, null, null, null, null);
    }

    @Override
    public boolean alignCorners(Config config) {
        return config.alignCorners();
    }

    @Override
    public void check(Config config, Backbone<?> backbone) {
        Trunk.of(backbone).fine("deeplabv3plus", FINE);
    }

    @Override
    public Node logits(Config config, Trunk trunk, int classes, GraphBuilder g) {
        Node fine = trunk.fine("deeplabv3plus", FINE);
        return config.style() == Style.SMP
                ? smp(trunk.level(-1), fine, config, classes, g)
                : mmseg(trunk.level(-1), fine, config, classes, g.in("decode_head"));
    }

    @Override
    public Node auxiliary(Config config, Auxiliary auxiliary, Trunk trunk, int classes, GraphBuilder g) {
        return FcnHead.auxiliary(false, auxiliary, trunk, classes, g);
    }

    private static Node mmseg(Node x, Node fine, Config config, int classes, GraphBuilder g) {
        int channels = config.channels();
        List<Node> branches = new ArrayList<>();
        branches.add(DeepLabV3Head.meanBranch(x, channels, config.alignCorners(), g));
        branches.add(Layers.module(x, Conv.of(1, channels), g.in("aspp_modules", 0)));
        for (int rate : config.rates()) {
            branches.add(separable(x, rate, channels, g.in("aspp_modules", branches.size() - 1)));
        }
        Node joined = g.concat(branches.toArray(Node[]::new));
        Node y = Layers.module(joined, Conv.of(3, channels), g.in("bottleneck"));
        Node detail = Layers.module(fine, Conv.of(1, config.fineChannels()), g.in("c1_bottleneck"));
        y = g.concat(Layers.resized(y, detail, config.alignCorners(), g), detail);
        y = separable(y, 1, channels, g.in("sep_bottleneck", 0));
        y = separable(y, 1, channels, g.in("sep_bottleneck", 1));
        return Layers.classes(y, config.dropout(), classes, g);
    }

    /** mmcv's DepthwiseSeparableConvModule. */
    private static Node separable(Node x, int rate, int channels, GraphBuilder g) {
        Conv depthwise = Conv.of(3, x.channels()).groups(x.channels()).dilation(rate);
        Node y = Layers.module(x, depthwise, g.in("depthwise_conv"));
        return Layers.module(y, Conv.of(1, channels), g.in("pointwise_conv"));
    }

    private static Node smp(Node x, Node fine, Config config, int classes, GraphBuilder g) {
        int channels = config.channels();
        GraphBuilder decoder = g.in("decoder");
        GraphBuilder aspp = decoder.in("aspp", 0);
        List<Node> branches = new ArrayList<>();
        branches.add(Layers.list(x, he(1, channels), 0, aspp.in("convs", 0)));
        for (int rate : config.rates()) {
            branches.add(plainSeparable(x, rate, channels, "0", "1", aspp.in("convs", branches.size())));
        }
        Node mean = Layers.list(Layers.mean(x, g), he(1, channels), 1, aspp.in("convs", branches.size()));
        branches.add(Layers.resized(mean, x, false, g));
        Node y = Layers.list(g.concat(branches.toArray(Node[]::new)), he(1, channels), 0, aspp.in("project"));
        y = plainSeparable(g.dropout(y, config.dropout()), 1, channels, "1", "2", decoder.in("aspp"));
        Node detail = Layers.list(fine, he(1, config.fineChannels()), 0, decoder.in("block1"));
        y = g.concat(Layers.resized(y, detail, config.alignCorners(), g), detail);
        y = plainSeparable(y, 1, channels, "0", "1", decoder.in("block2"));
        return Layers.smpClasses(y, 1, classes, g);
    }

    /** A depthwise and a pointwise convolution with nothing between them, then norm and ReLU. */
    private static Node plainSeparable(Node x, int rate, int channels, String layer, String norm, GraphBuilder g) {
        Conv depthwise = he(3, x.channels()).groups(x.channels()).dilation(rate);
        Node y = g.in(layer).conv("1", g.in(layer).conv("0", x, depthwise), he(1, channels));
        return g.relu(g.batchNorm(norm, y));
    }

    private static Conv he(int kernel, int channels) {
        return Conv.of(kernel, channels).initializer(Initializer.heUniform());
    }
}
