package io.vertebra.graph.reference;

import io.vertebra.graph.op.ChannelShuffle;

/** {@code y[n, j·G + g, h, w] = x[n, g·C/G + j, h, w]}. */
record ChannelShuffleRule(ChannelShuffle op, Site site) implements PlaceRule {

    @Override
    public int place(int element) {
        int area = Planes.area(site.shape);
        int members = site.shape.c() / op.groups();
        int channel = element / area % site.shape.c();
        int dealt = channel % members * op.groups() + channel / members;
        return element + (dealt - channel) * area;
    }
}
