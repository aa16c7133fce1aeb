package io.vertebra.graph.reference;

import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Shape;

/** The mean of the bilinear samples of each bin. */
record RoiAlignRule(RoiAlign op, Site site) implements ShareRule {

    @Override
    public void each(Cell body) {
        Shape y = site.shape;
        for (int to = 0; to < y.elements(); to++) {
            int bin = to % Planes.area(y);
            int channel = to / Planes.area(y) % y.c();
            int roi = to / Planes.area(y) / y.c();
            double[] rows = samples(roi, 2, bin / y.w(), y.h());
            double[] columns = samples(roi, 1, bin % y.w(), y.w());
            int picture = (int) site.x(1)[roi * 5];
            int plane = picture * y.c() + channel;
            for (double row : rows) {
                for (double column : columns) {
                    sample(to, plane, row, column, 1.0 / (rows.length * columns.length), body);
                }
            }
        }
    }

    /** The places along an axis of the samples in a bin; the sides of a roi begin at {@code first} of its row. */
    private double[] samples(int roi, int first, int bin, int bins) {
        double shift = op.aligned() ? 0.5 : 0;
        double start = site.x(1)[roi * 5 + first] * op.scales().get(0) - shift;
        double side = site.x(1)[roi * 5 + first + 2] * op.scales().get(0) - shift - start;
        double size = (op.aligned() ? side : Math.max(side, 1)) / bins;
        int count = op.samplingRatio() > 0 ? op.samplingRatio() : (int) Math.max(Math.ceil(size), 0);
        double[] places = new double[count];
        for (int i = 0; i < count; i++) {
            places[i] = start + size * (bin + (i + 0.5) / count);
        }
        return places;
    }

    private void sample(int to, int plane, double row, double column, double share, Cell body) {
        Shape x = site.xShape(0);
        if (row < -1 || row > x.h() || column < -1 || column > x.w()) {
            return;
        }
        double y = Math.min(Math.max(row, 0), x.h() - 1);
        double z = Math.min(Math.max(column, 0), x.w() - 1);
        for (int i = (int) y; i <= Math.min((int) y + 1, x.h() - 1); i++) {
            for (int j = (int) z; j <= Math.min((int) z + 1, x.w() - 1); j++) {
                double near = (1 - Math.abs(y - i)) * (1 - Math.abs(z - j));
                body.at(to, (plane * x.h() + i) * x.w() + j, share * near);
            }
        }
    }
}
