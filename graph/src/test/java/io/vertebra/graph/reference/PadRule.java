package io.vertebra.graph.reference;

import io.vertebra.graph.op.Pad;
import io.vertebra.graph.op.Shape;

/** {@code y[n, before + c, top + i, left + j] = x[n, c, i, j]}, zero elsewhere. */
record PadRule(Pad op, Site site) implements ShareRule {

    @Override
    public void each(Cell body) {
        for (int i = 0; i < site.x(0).length; i++) {
            body.at(place(i), i, 1);
        }
    }

    private int place(int element) {
        Shape x = site.xShape(0);
        Shape y = site.shape;
        int column = element % x.w() + op.space().left();
        int row = element / x.w() % x.h() + op.space().top();
        int channel = element / x.w() / x.h() % x.c() + op.before();
        int n = element / x.w() / x.h() / x.c();
        return ((n * y.c() + channel) * y.h() + row) * y.w() + column;
    }
}
