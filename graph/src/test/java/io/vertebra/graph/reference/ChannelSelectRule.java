package io.vertebra.graph.reference;

import io.vertebra.graph.op.ChannelSelect;

/** {@code y[n, j, h, w] = x[n, index[j], h, w]}, of rows too. */
record ChannelSelectRule(Site site) implements ShareRule {

    @Override
    public void each(Cell body) {
        double[] index = site.parameter(ChannelSelect.INDEX);
        int area = site.shape.rank() == 4 ? Planes.area(site.shape) : 1;
        int before = site.xShape(0).c() * area;
        int after = site.shape.c() * area;
        for (int n = 0; n < site.shape.n(); n++) {
            for (int i = 0; i < after; i++) {
                int channel = (int) index[i / area];
                body.at(n * after + i, n * before + channel * area + i % area, 1);
            }
        }
    }
}
