package io.vertebra.graph.reference;

import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Shape;

/** The mean of the bilinear samples of each bin, from the level that suits the roi. */
record RoiAlignRule(RoiAlign op, Site site) implements Rule {

    /** FPN, arXiv:1612.03144, equation 1: the side of a picture of ImageNet, and the level that its features come from. */
    private static final double CANONICAL_SIDE = 224;

    private static final int CANONICAL_LEVEL = 4;

    /** What is done at a cell of y that takes a share of one of a level. */
    private interface Cell {
        void at(int to, int level, int from, double share);
    }

    @Override
    public double[] forward() {
        double[] y = new double[(int) site.shape.elements()];
        each((to, level, from, share) -> y[to] += share * site.x(level)[from]);
        return y;
    }

    @Override
    public void backward(double[] dy) {
        each((to, level, from, share) -> site.dx(level)[from] += share * dy[to]);
    }

    private double roi(int roi, int number) {
        return site.x(op.scales().size())[roi * 5 + number];
    }

    private void each(Cell body) {
        Shape y = site.shape;
        for (int to = 0; to < y.elements(); to++) {
            int bin = to % Planes.area(y);
            int channel = to / Planes.area(y) % y.c();
            int roi = to / Planes.area(y) / y.c();
            int level = level(roi);
            double[] rows = samples(roi, level, 2, bin / y.w(), y.h());
            double[] columns = samples(roi, level, 1, bin % y.w(), y.w());
            int picture = (int) roi(roi, 0);
            int plane = picture * y.c() + channel;
            for (double row : rows) {
                for (double column : columns) {
                    sample(to, level, plane, row, column, 1.0 / (rows.length * columns.length), body);
                }
            }
        }
    }

    /** Counted from the first map. */
    private int level(int roi) {
        int levels = op.scales().size();
        double area = Math.max(0, roi(roi, 3) - roi(roi, 1)) * Math.max(0, roi(roi, 4) - roi(roi, 2));
        double level = Math.floor(CANONICAL_LEVEL + log2(Math.sqrt(area) / CANONICAL_SIDE) + 1e-6);
        int first = (int) Math.round(-log2(op.scales().get(0)));
        return levels == 1 ? 0 : (int) Math.min(Math.max(level - first, 0), levels - 1);
    }

    private static double log2(double x) {
        return Math.log(x) / Math.log(2);
    }

    /** The places along an axis of the samples in a bin; the sides of a roi begin at {@code first} of its row. */
    private double[] samples(int roi, int level, int first, int bin, int bins) {
        double scale = op.scales().get(level);
        double shift = op.aligned() ? 0.5 : 0;
        double start = roi(roi, first) * scale - shift;
        double side = roi(roi, first + 2) * scale - shift - start;
        double size = (op.aligned() ? side : Math.max(side, 1)) / bins;
        int count = op.samplingRatio() > 0 ? op.samplingRatio() : (int) Math.max(Math.ceil(size), 0);
        double[] places = new double[count];
        for (int i = 0; i < count; i++) {
            places[i] = start + size * (bin + (i + 0.5) / count);
        }
        return places;
    }

    private void sample(int to, int level, int plane, double row, double column, double share, Cell body) {
        Shape x = site.xShape(level);
        if (row < -1 || row > x.h() || column < -1 || column > x.w()) {
            return;
        }
        double y = Math.min(Math.max(row, 0), x.h() - 1);
        double z = Math.min(Math.max(column, 0), x.w() - 1);
        for (int i = (int) y; i <= Math.min((int) y + 1, x.h() - 1); i++) {
            for (int j = (int) z; j <= Math.min((int) z + 1, x.w() - 1); j++) {
                double near = (1 - Math.abs(y - i)) * (1 - Math.abs(z - j));
                body.at(to, level, (plane * x.h() + i) * x.w() + j, share * near);
            }
        }
    }
}
