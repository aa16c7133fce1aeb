package io.vertebra.heads.segmentation;

import io.vertebra.backbones.Backbone;
import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Resize;
import io.vertebra.heads.Auxiliary;
import io.vertebra.heads.SegmentationHead;
import io.vertebra.heads.Trunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * U-Net's decoder over any pyramid, as smp has it: from the coarsest level up, each step twice as large and joined with the
 * level of that size, to the size of the picture.
 *
 * <p>Levels of the same size count once, and one of the picture's own size is not joined. Names as smp's.
 *
 * @see <a href="https://arxiv.org/abs/1505.04597">Ronneberger et al. 2015</a>, figure 1
 */
public final class UnetHead implements SegmentationHead<UnetHead.Config> {

    private static final List<Integer> CHANNELS = List.of(256, 128, 64, 32, 16);

    /**
     * Options.
     *
     * @param decoderChannels of each step, the last one at the size of the picture; a pyramid of fewer levels takes the
     *     last ones
     */
    public record Config(List<Integer> decoderChannels) {
        /** Fills in and checks. */
        public Config {
            decoderChannels = List.copyOf(Objects.requireNonNullElse(decoderChannels, CHANNELS));
            Check.that(!decoderChannels.isEmpty(), "decoder_channels", "needs a number");
            decoderChannels.forEach(c -> Check.atLeast(1, "decoder_channels", c));
        }
    }

    @Override
    public Class<Config> config() {
        return Config.class;
    }

    @Override
    public Config defaults() {
        return new Config(null);
    }

    /** Its logits have the picture's size. */
    @Override
    public boolean alignCorners(Config config) {
        return false;
    }

    @Override
    public void check(Config config, Backbone<?> backbone) {
        targets(config, Trunk.of(backbone));
    }

    /** What each step is brought to the size of: finer and finer levels, then the picture. */
    private static List<Node> targets(Config config, Trunk trunk) {
        List<Node> targets = new ArrayList<>();
        int reduction = trunk.level(-1).reduction();
        List<Node> levels = trunk.pyramid().levels();
        for (int i = levels.size() - 1; i >= 0; i--) {
            Node level = levels.get(i);
            if (level.reduction() < reduction && level.reduction() > 1) {
                targets.add(level);
                reduction = level.reduction();
            }
        }
        targets.add(trunk.input());
        int steps = config.decoderChannels().size();
        if (steps < targets.size()) {
            throw new GraphException(
                    "decoder_channels",
                    "are " + steps + ", " + trunk.backbone().name() + " has " + targets.size() + " steps, reductions "
                            + trunk.pyramid().reductions());
        }
        return targets;
    }

    @Override
    public Node logits(Config config, Trunk trunk, int classes, GraphBuilder g) {
        List<Node> targets = targets(config, trunk);
        List<Integer> all = config.decoderChannels();
        List<Integer> channels = all.subList(all.size() - targets.size(), all.size());
        Node x = trunk.level(-1);
        for (int i = 0; i < targets.size(); i++) {
            Node target = targets.get(i);
            x = g.resize(x, target, Resize.Filter.NEAREST, false);
            x = target == trunk.input() ? x : g.concat(x, target);
            Conv conv = Conv.of(3, channels.get(i)).initializer(Initializer.heUniform());
            x = Layers.list(x, conv, 0, g.in("decoder", "blocks", i, "conv1"));
            x = Layers.list(x, conv, 0, g.in("decoder", "blocks", i, "conv2"));
        }
        return Layers.smpClasses(x, 3, classes, g);
    }

    @Override
    public Node auxiliary(Config config, Auxiliary auxiliary, Trunk trunk, int classes, GraphBuilder g) {
        return FcnHead.auxiliary(false, auxiliary, trunk, classes, g);
    }
}
