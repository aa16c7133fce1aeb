package io.vertebra.graph.reference;

import io.vertebra.graph.op.AdaptiveAveragePool;
import io.vertebra.graph.op.Shape;

/** The mean of bin (i, j): rows ⌊i·H/h⌋ to ⌈(i+1)·H/h⌉, columns alike. */
record AdaptiveAveragePoolRule(AdaptiveAveragePool op, Site site) implements ShareRule {

    @Override
    public void each(Cell body) {
        Shape x = site.xShape(0);
        int rows = op.grid().height();
        int columns = op.grid().width();
        for (int bin = 0; bin < site.shape.elements(); bin++) {
            int j = bin % columns;
            int i = bin / columns % rows;
            int plane = bin / columns / rows;
            int top = i * x.h() / rows;
            int bottom = -Math.floorDiv(-(i + 1) * x.h(), rows);
            int left = j * x.w() / columns;
            int right = -Math.floorDiv(-(j + 1) * x.w(), columns);
            double share = 1.0 / ((bottom - top) * (right - left));
            for (int row = top; row < bottom; row++) {
                for (int column = left; column < right; column++) {
                    body.at(bin, (plane * x.h() + row) * x.w() + column, share);
                }
            }
        }
    }
}
