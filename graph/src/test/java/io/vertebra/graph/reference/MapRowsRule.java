package io.vertebra.graph.reference;

import io.vertebra.graph.op.MapRows;
import io.vertebra.graph.op.Shape;

/** {@code y[n, (i·W + j)·A + a, k] = x[n, a·K + k, i, j]}. */
record MapRowsRule(MapRows op, Site site) implements PlaceRule {

    @Override
    public int place(int element) {
        Shape x = site.xShape(0);
        int area = Planes.area(x);
        int cell = element % area;
        int channel = element / area % x.c();
        int n = element / area / x.c();
        // a cell's channels lie side by side: anchor a, column k is channel a·K + k
        return (n * area + cell) * x.c() + channel;
    }
}
