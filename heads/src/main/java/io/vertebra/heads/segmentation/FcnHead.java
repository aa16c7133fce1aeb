package io.vertebra.heads.segmentation;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Check;
import io.vertebra.heads.Auxiliary;
import io.vertebra.heads.SegmentationHead;
import io.vertebra.heads.Trunk;
import java.util.Objects;

/**
 * FCN: 3×3 convolutions on the coarsest level, then a classifier for each cell.
 *
 * @see <a href="https://arxiv.org/abs/1411.4038">Long et al. 2015</a>; in this form Zhao et al., arXiv:1612.01105, section 3.3
 */
public final class FcnHead implements SegmentationHead<FcnHead.Config> {

    /** Whose form and names. */
    public enum Style {
        /** Two convolutions whose result is joined with the level and convolved again; mmsegmentation. */
        MMSEG,
        /** One convolution to a quarter of the channels; torchvision. */
        TORCHVISION
    }

    private static final int WIDTH = 512;
    private static final int CONVOLUTIONS = 2;
    private static final int AUXILIARY_WIDTH = 256;

    /**
     * Options.
     *
     * @param style whose form and names
     * @param channels of the convolutions; 0: a quarter of the level's
     * @param convs 3×3 convolutions
     * @param concatInput whether their result is joined with the level and convolved again
     * @param dropout share of the channels that training zeroes before the last layer
     * @param alignCorners of the enlargement of its logits
     */
    public record Config(
            Style style, Integer channels, Integer convs, Boolean concatInput, Double dropout, Boolean alignCorners) {
        /** Fills in and checks. */
        public Config {
            style = Objects.requireNonNullElse(style, Style.MMSEG);
            boolean mmseg = style == Style.MMSEG;
            channels = Objects.requireNonNullElse(channels, mmseg ? WIDTH : 0);
            Check.atLeast(0, "channels", channels);
            convs = Objects.requireNonNullElse(convs, mmseg ? CONVOLUTIONS : 1);
            Check.that(convs >= 1 && convs <= 16, "convs", "must lie in 1 to 16, is %d", convs);
            concatInput = Objects.requireNonNullElse(concatInput, mmseg);
            dropout = Layers.checkedDropout(dropout, 0.1);
            alignCorners = Objects.requireNonNullElse(alignCorners, false);
            Check.that(mmseg || convs == 1, "convs", "must be 1 in the style torchvision, is %d", convs);
            Check.that(mmseg || !concatInput, "concat_input", "must be false in the style torchvision");
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
    public Node logits(Config config, Trunk trunk, int classes, GraphBuilder g) {
        Node x = trunk.level(-1);
        return config.style() == Style.TORCHVISION
                ? torchvision(x, config.channels(), config.dropout(), classes, g.in("classifier"))
                : mmseg(x, config, classes, g.in("decode_head"));
    }

    @Override
    public Node auxiliary(Config config, Auxiliary auxiliary, Trunk trunk, int classes, GraphBuilder g) {
        return auxiliary(config.style() == Style.TORCHVISION, auxiliary, trunk, classes, g);
    }

    /** The auxiliary head of any head, under torchvision's names or mmseg's. */
    static Node auxiliary(boolean torchvision, Auxiliary a, Trunk trunk, int classes, GraphBuilder g) {
        Node x = trunk.level(a.level());
        if (torchvision) {
            return torchvision(x, a.channels(), a.dropout(), classes, g.in("aux_classifier"));
        }
        int channels = a.channels() == 0 ? AUXILIARY_WIDTH : a.channels();
        Config config = new Config(Style.MMSEG, channels, 1, false, a.dropout(), null);
        return mmseg(x, config, classes, g.in("auxiliary_head"));
    }

    private static Node torchvision(Node x, int channels, double dropout, int classes, GraphBuilder g) {
        Conv conv = Conv.of(3, width(x, channels)).initializer(Layers.PYTORCH);
        Node y = g.dropout(Layers.list(x, conv, 0, g), dropout);
        return g.conv("4", y, Conv.of(1, classes).withBias().initializer(Layers.PYTORCH));
    }

    private static Node mmseg(Node x, Config config, int classes, GraphBuilder g) {
        int channels = width(x, config.channels());
        Node y = x;
        for (int i = 0; i < config.convs(); i++) {
            y = Layers.module(y, Conv.of(3, channels), g.in("convs", i));
        }
        if (config.concatInput()) {
            y = Layers.module(g.concat(x, y), Conv.of(3, channels), g.in("conv_cat"));
        }
        return Layers.classes(y, config.dropout(), classes, g);
    }

    private static int width(Node x, int channels) {
        return channels == 0 ? Math.max(1, x.channels() / 4) : channels;
    }
}
