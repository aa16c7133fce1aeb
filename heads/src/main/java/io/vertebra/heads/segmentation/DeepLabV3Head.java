package io.vertebra.heads.segmentation;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Check;
import io.vertebra.heads.Auxiliary;
import io.vertebra.heads.SegmentationHead;
import io.vertebra.heads.Trunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * DeepLab v3: the coarsest level through convolutions of several dilations and through its mean, side by side (ASPP).
 *
 * @see <a href="https://arxiv.org/abs/1706.05587">Chen et al. 2017</a>, section 3.3
 */
public final class DeepLabV3Head implements SegmentationHead<DeepLabV3Head.Config> {

    /** Whose form and names. */
    public enum Style {
        /** The mean first; a 3×3 convolution joins the branches; mmsegmentation. */
        MMSEG,
        /** The mean last; a 1×1 convolution joins the branches, a 3×3 follows; torchvision and smp. */
        TORCHVISION,
        /** The mean first; a 1×1 convolution joins the branches; TensorFlow's, whose MobileNets have no dilated branch. */
        TENSORFLOW
    }

    private static final List<Integer> RATES = List.of(12, 24, 36);

    /**
     * Options.
     *
     * @param style whose form and names
     * @param rates dilation of each 3×3 branch; the published ones are for output stride 8, half of them for 16
     * @param channels of each branch
     * @param dropout share of the channels that training zeroes once the branches are joined
     * @param alignCorners of the enlargement of its logits
     */
    public record Config(Style style, List<Integer> rates, Integer channels, Double dropout, Boolean alignCorners) {
        /** Fills in and checks. */
        public Config {
            style = Objects.requireNonNullElse(style, Style.MMSEG);
            rates = checkedRates(rates, style == Style.TENSORFLOW ? List.of() : RATES);
            channels = Layers.checkedChannels(channels, style == Style.MMSEG ? 512 : 256);
            dropout = Layers.checkedDropout(dropout, style == Style.TORCHVISION ? 0.5 : 0.1);
            alignCorners = Objects.requireNonNullElse(alignCorners, style == Style.TENSORFLOW);
        }
    }

    static List<Integer> checkedRates(List<Integer> rates, List<Integer> otherwise) {
        List<Integer> value = List.copyOf(Objects.requireNonNullElse(rates, otherwise));
        Check.that(value.size() <= 16, "rates", "must be at most 16, are %d", value.size());
        value.forEach(rate -> Check.atLeast(1, "rates", rate));
        return value;
    }

    @Override
    public Class<Config> config() {
        return Config.class;
    }

    @Override
    public Config defaults() {
        return new Config(null, null, null, null, null);
    }

    @Override
    public boolean alignCorners(Config config) {
        return config.alignCorners();
    }

    @Override
    public Node logits(Config config, Trunk trunk, int classes, GraphBuilder g) {
        Node x = trunk.level(-1);
        return config.style() == Style.TORCHVISION
                ? torchvision(x, config, classes, g.in("classifier"))
                : mmseg(x, config, classes, g.in("decode_head"));
    }

    @Override
    public Node auxiliary(Config config, Auxiliary auxiliary, Trunk trunk, int classes, GraphBuilder g) {
        return FcnHead.auxiliary(config.style() == Style.TORCHVISION, auxiliary, trunk, classes, g);
    }

    private static Node torchvision(Node x, Config config, int classes, GraphBuilder g) {
        int channels = config.channels();
        List<Node> branches = new ArrayList<>();
        branches.add(Layers.list(x, plain(1, channels), 0, g.in(0, "convs", 0)));
        for (int rate : config.rates()) {
            branches.add(Layers.list(x, plain(3, channels).dilation(rate), 0, g.in(0, "convs", branches.size())));
        }
        Node mean = Layers.list(Layers.mean(x, g), plain(1, channels), 1, g.in(0, "convs", branches.size()));
        branches.add(Layers.resized(mean, x, config.alignCorners(), g));
        Node y = Layers.list(g.concat(branches.toArray(Node[]::new)), plain(1, channels), 0, g.in(0, "project"));
        y = Layers.list(g.dropout(y, config.dropout()), plain(3, channels), 1, g);
        return g.conv("4", y, plain(1, classes).withBias());
    }

    private static Conv plain(int kernel, int channels) {
        return Conv.of(kernel, channels).initializer(Layers.PYTORCH);
    }

    private static Node mmseg(Node x, Config config, int classes, GraphBuilder g) {
        int channels = config.channels();
        List<Node> branches = new ArrayList<>();
        branches.add(meanBranch(x, channels, config.alignCorners(), g));
        branches.add(Layers.module(x, Conv.of(1, channels), g.in("aspp_modules", 0)));
        for (int rate : config.rates()) {
            Conv conv = Conv.of(3, channels).dilation(rate);
            branches.add(Layers.module(x, conv, g.in("aspp_modules", branches.size() - 1)));
        }
        Node joined = g.concat(branches.toArray(Node[]::new));
        int kernel = config.style() == Style.TENSORFLOW ? 1 : 3;
        Node y = Layers.module(joined, Conv.of(kernel, channels), g.in("bottleneck"));
        return Layers.classes(y, config.dropout(), classes, g);
    }

    /** mmseg's branch of the mean, at the size of the level again. */
    static Node meanBranch(Node x, int channels, boolean alignCorners, GraphBuilder g) {
        Node mean = Layers.module(Layers.mean(x, g), Conv.of(1, channels), g.in("image_pool", 1));
        return Layers.resized(mean, x, alignCorners, g);
    }
}
