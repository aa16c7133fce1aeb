package io.vertebra.graph.op;

import java.util.List;

/**
 * Channels of several groups dealt out in turn: the first of each group, then the second of each, and so on; {@code
 * y[n, j·G + g, h, w] = x[n, g·C/G + j, h, w]}.
 *
 * <p>x (N, C, H, W) → the same shape. Zhang et al., ShuffleNet, arXiv:1707.01083, section 3.1.
 *
 * @param groups G; divides C
 */
public record ChannelShuffle(int groups) implements Op {

    /** Checks the attributes. */
    public ChannelShuffle {
        Check.atLeast(1, "groups", groups);
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape x = inputs.get(0);
        Check.isMap("input", x);
        Check.that(x.c() % groups == 0, "groups", "must divide the channels %d, is %d", x.c(), groups);
        return x;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.channelShuffle(this);
    }
}
