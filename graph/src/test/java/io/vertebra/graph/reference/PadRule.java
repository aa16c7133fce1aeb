package io.vertebra.graph.reference;

import io.vertebra.graph.op.Pad;
import io.vertebra.graph.op.Shape;

/** {@code y[n, before + c, top + i, left + j] = x[n, c, i, j]}, zero elsewhere. */
record PadRule(Pad op, Site site) implements PlaceRule {

    @Override
    public int place(int element) {
        Shape x = site.xShape(0);
        Shape y = site.shape;
        int column = element % x.w() + op.space().left();
        int row = element / x.w() % x.h() + op.space().top();
        int channel = element / x.w() / x.h() % x.c() + op.before();
        int n = element / x.w() / x.h() / x.c();
        return ((n * y.c() + channel) * y.h() + row) * y.w() + column;
    }
}
