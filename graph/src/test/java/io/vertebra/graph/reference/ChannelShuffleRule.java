package io.vertebra.graph.reference;

import io.vertebra.graph.op.ChannelShuffle;

/** {@code y[n, j·G + g, h, w] = x[n, g·C/G + j, h, w]}. */
record ChannelShuffleRule(ChannelShuffle op, Site site) implements ShareRule {

    @Override
    public void each(Cell body) {
        int members = site.shape.c() / op.groups();
        Planes.each(site.shape, (plane, c, from, to) -> {
            int dealt = plane - c + c % members * op.groups() + c / members;
            for (int i = from; i < to; i++) {
                body.at(dealt * (to - from) + i - from, i, 1);
            }
        });
    }
}
