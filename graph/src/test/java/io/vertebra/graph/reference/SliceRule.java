package io.vertebra.graph.reference;

import io.vertebra.graph.op.Slice;

/** {@code y[n, c, h, w] = x[n, from + c, h, w]}. */
record SliceRule(Slice op, Site site) implements ShareRule {

    @Override
    public void each(Cell body) {
        int skipped = op.from() * Planes.area(site.shape);
        int before = site.xShape(0).c() * Planes.area(site.shape);
        int sample = site.shape.c() * Planes.area(site.shape);
        for (int n = 0; n < site.shape.n(); n++) {
            for (int i = 0; i < sample; i++) {
                body.at(n * sample + i, n * before + skipped + i, 1);
            }
        }
    }
}
