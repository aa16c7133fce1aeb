package io.vertebra.heads.segmentation;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.heads.Auxiliary;
import io.vertebra.heads.SegmentationHead;
import io.vertebra.heads.Trunk;
import java.util.List;
import java.util.Objects;

/**
 * PSPNet: the coarsest level beside its means over grids of several sizes, then a classifier for each cell.
 *
 * <p>Names and form as mmsegmentation's; the paper's backbones have output stride 8.
 *
 * @see <a href="https://arxiv.org/abs/1612.01105">Zhao et al. 2016</a>, figure 3
 */
public final class PspNetHead implements SegmentationHead<PspNetHead.Config> {

    /**
     * Options.
     *
     * @param poolScales sides of the grids of the pyramid pooling module
     * @param channels of each of its branches, and of what joins them
     * @param dropout share of the channels that training zeroes before the last layer
     * @param alignCorners of the enlargement of the branches and of the logits
     */
    public record Config(List<Integer> poolScales, Integer channels, Double dropout, Boolean alignCorners) {
        /** Fills in and checks. */
        public Config {
            poolScales = PyramidPooling.checkedScales(poolScales);
            channels = Layers.checkedChannels(channels, 512);
            dropout = Layers.checkedDropout(dropout, 0.1);
            alignCorners = Objects.requireNonNullElse(alignCorners, false);
        }
    }

    @Override
    public Class<Config> config() {
        return Config.class;
    }

    @Override
    public Config defaults() {
        return new Config(null, null, null, null);
    }

    @Override
    public boolean alignCorners(Config config) {
        return config.alignCorners();
    }

    @Override
    public Node logits(Config config, Trunk trunk, int classes, GraphBuilder g) {
        GraphBuilder head = g.in("decode_head");
        Node x =
                PyramidPooling.of(trunk.level(-1), config.poolScales(), config.channels(), config.alignCorners(), head);
        return Layers.classes(x, config.dropout(), classes, head);
    }

    @Override
    public Node auxiliary(Config config, Auxiliary auxiliary, Trunk trunk, int classes, GraphBuilder g) {
        return FcnHead.auxiliary(false, auxiliary, trunk, classes, g);
    }
}
