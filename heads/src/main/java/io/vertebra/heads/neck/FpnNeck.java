package io.vertebra.heads.neck;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Resize;
import io.vertebra.heads.NeckFamily;
import io.vertebra.heads.Trunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Feature pyramid network: levels of equal channels, each of which has seen what the coarser ones know.
 *
 * @see <a href="https://arxiv.org/abs/1612.03144">Lin et al. 2017</a>, figure 3
 */
public final class FpnNeck implements NeckFamily<FpnNeck.Config> {

    /** Whose names. */
    public enum Style {
        /** {@code neck.lateral_convs.0.conv}, the backbone below {@code backbone}. */
        MMDET,
        /** {@code backbone.fpn.inner_blocks.0.0}, the backbone below {@code backbone.body}. */
        TORCHVISION
    }

    /** What stands behind the coarsest level. */
    public enum Extra {
        /** Nothing. */
        NONE,
        /** Every other cell of the coarsest level (section 4.1, footnote 2). */
        MAX_POOL
    }

    /** The finest level that the paper takes has this reduction. */
    private static final int FINEST = 4;

    private static final Initializer UNIFORM = new Initializer.Uniform(3);

    /**
     * Options.
     *
     * @param style whose names
     * @param channels of every level
     * @param extra what stands behind the coarsest level
     * @param levels places of the backbone's levels, 0 the finest, −1 the coarsest; empty: all that are at least 4 times
     *     smaller than the picture
     * @param norm whether a norm follows each convolution in place of its bias
     */
    public record Config(Style style, Integer channels, Extra extra, List<Integer> levels, Boolean norm) {
        /** Fills in and checks. */
        public Config {
            style = Objects.requireNonNullElse(style, Style.MMDET);
            channels = Objects.requireNonNullElse(channels, 256);
            Check.atLeast(1, "channels", channels);
            extra = Objects.requireNonNullElse(extra, Extra.MAX_POOL);
            levels = List.copyOf(Objects.requireNonNullElse(levels, List.of()));
            norm = Objects.requireNonNullElse(norm, false);
        }

        private boolean torchvision() {
            return style == Style.TORCHVISION;
        }
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
    public String backboneScope(Config config) {
        return config.torchvision() ? "backbone.body" : "backbone";
    }

    @Override
    public List<Node> build(Config config, Trunk trunk, GraphBuilder g) {
        List<Node> below = levels(config, trunk);
        Node[] levels = new Node[below.size()];
        Node above = null;
        for (int i = below.size() - 1; i >= 0; i--) {
            Node lateral = layer(below.get(i), 1, config, lateralScope(config, i, g));
            Node merged =
                    above == null ? lateral : g.add(lateral, g.resize(above, lateral, Resize.Filter.NEAREST, false));
            levels[i] = layer(merged, 3, config, outputScope(config, i, g));
            above = merged;
        }
        List<Node> all = new ArrayList<>(List.of(levels));
        if (config.extra() == Extra.MAX_POOL) {
            all.add(g.maxPool(all.get(all.size() - 1), 1, 2, 0));
        }
        return all;
    }

    private static List<Node> levels(Config config, Trunk trunk) {
        List<Node> levels = config.levels().isEmpty()
                ? trunk.pyramid().levels().stream()
                        .filter(n -> n.reduction() >= FINEST)
                        .toList()
                : config.levels().stream().map(trunk::level).toList();
        if (levels.isEmpty()) {
            throw new GraphException(
                    "levels",
                    "must be said: " + trunk.backbone().name() + " has none that is " + FINEST
                            + " times smaller than the picture, its reductions are "
                            + trunk.pyramid().reductions());
        }
        return levels;
    }

    private static GraphBuilder lateralScope(Config config, int place, GraphBuilder g) {
        return config.torchvision()
                ? g.in("backbone", "fpn", "inner_blocks", place)
                : g.in("neck", "lateral_convs", place);
    }

    private static GraphBuilder outputScope(Config config, int place, GraphBuilder g) {
        return config.torchvision() ? g.in("backbone", "fpn", "layer_blocks", place) : g.in("neck", "fpn_convs", place);
    }

    private static Node layer(Node x, int kernel, Config config, GraphBuilder g) {
        Conv conv = Conv.of(kernel, config.channels()).initializer(UNIFORM);
        Node y = g.conv(config.torchvision() ? "0" : "conv", x, config.norm() ? conv : conv.withBias());
        return config.norm() ? g.batchNorm(config.torchvision() ? "1" : "bn", y) : y;
    }
}
