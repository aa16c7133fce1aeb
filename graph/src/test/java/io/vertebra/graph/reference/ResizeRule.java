package io.vertebra.graph.reference;

import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Shape;

/** {@code y = Σ share · x} over the cells between which a cell of y lies; {@code like} is not read. */
record ResizeRule(Resize op, Site site) implements ShareRule {

    @Override
    public void each(Cell body) {
        Shape x = site.xShape(0);
        Shape y = site.shape;
        for (int to = 0; to < y.elements(); to++) {
            int plane = to / Planes.area(y);
            double row = place(to / y.w() % y.h(), x.h(), y.h());
            double column = place(to % y.w(), x.w(), y.w());
            for (int down = 0; down < 2; down++) {
                for (int right = 0; right < 2; right++) {
                    int i = Math.min((int) row + down, x.h() - 1);
                    int j = Math.min((int) column + right, x.w() - 1);
                    double share = share(row, down) * share(column, right);
                    body.at(to, (plane * x.h() + i) * x.w() + j, share);
                }
            }
        }
    }

    /** Of the cell at ⌊place⌋ + step. */
    private static double share(double place, int step) {
        double fraction = place - Math.floor(place);
        return step == 0 ? 1 - fraction : fraction;
    }

    private double place(int i, int from, int to) {
        if (op.filter() == Resize.Filter.NEAREST) {
            return Math.floorDiv(i * from, to);
        }
        if (op.alignCorners()) {
            return to == 1 ? 0 : (double) i * (from - 1) / (to - 1);
        }
        return Math.max(0, (i + 0.5) * from / to - 0.5);
    }
}
