package io.vertebra.heads.segmentation;

import io.vertebra.backbones.Backbone;
import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Activation;
import io.vertebra.heads.Auxiliary;
import io.vertebra.heads.SegmentationHead;
import io.vertebra.heads.Trunk;
import java.util.Objects;

/**
 * LR-ASPP: the coarsest level gated by its mean, and a finer level, each with a classifier for each cell; the two add up.
 *
 * <p>As torchvision's: the gate is the mean over the whole map (the paper pools 49×49 with strides), names {@code
 * classifier.cbr}, {@code scale}, {@code low_classifier} and {@code high_classifier}. The logits have the size of the finer
 * level, that of reduction 8 where there is one below the last.
 *
 * @see <a href="https://arxiv.org/abs/1905.02244">Howard et al. 2019</a>, section 6.4 and figure 10
 */
public final class LrAsppHead implements SegmentationHead<LrAsppHead.Config> {
    private static final int FINE = 8;

    /**
     * Options.
     *
     * @param channels that the coarsest level is brought to
     * @param alignCorners of the enlargement of the coarse branch and of the logits
     */
    public record Config(Integer channels, Boolean alignCorners) {
        /** Fills in and checks. */
        public Config {
            channels = Layers.checkedChannels(channels, 128);
            alignCorners = Objects.requireNonNullElse(alignCorners, false);
        }
    }

    @Override
    public Class<Config> config() {
        return Config.class;
    }

    @Override
    public Config defaults() {
        return new Config(null, null);
    }

    @Override
    public boolean alignCorners(Config config) {
        return config.alignCorners();
    }

    @Override
    public void check(Config config, Backbone<?> backbone) {
        Trunk.of(backbone).fine("lraspp", FINE);
    }

    @Override
    public Node logits(Config config, Trunk trunk, int classes, GraphBuilder g) {
        GraphBuilder head = g.in("classifier");
        Node coarse = trunk.level(-1);
        Node fine = trunk.fine("lraspp", FINE);
        Node x = Layers.list(coarse, plain(config.channels()), 0, head.in("cbr"));
        Node gate = head.conv("scale.1", Layers.mean(coarse, head), plain(config.channels()));
        x = head.multiply(x, head.activation(Activation.Function.SIGMOID, gate));
        x = Layers.resized(x, fine, config.alignCorners(), head);
        Node low = head.conv("low_classifier", fine, plain(classes).withBias());
        return head.add(low, head.conv("high_classifier", x, plain(classes).withBias()));
    }

    private static Conv plain(int channels) {
        return Conv.of(1, channels).initializer(Layers.PYTORCH);
    }

    @Override
    public Node auxiliary(Config config, Auxiliary auxiliary, Trunk trunk, int classes, GraphBuilder g) {
        return FcnHead.auxiliary(true, auxiliary, trunk, classes, g);
    }
}
