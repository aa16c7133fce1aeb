package io.vertebra.dl4j;

import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.region.RoiShape;

/**
 * The regions that an operator cuts, and the maps that it cuts them from.
 *
 * @param shape of the maps
 * @param rows picture, x1, y1, x2, y2 of each region
 * @param count of regions
 */
@SuppressWarnings("ArrayRecordComponent") // handed on at once, compared by no one
record Rois(RoiShape shape, float[] rows, int count) {
    private static final int COLUMNS = 5;

    /** Of the first maps and the regions, its last input, that a vertex reads; throws a {@code GraphException} if one lies nowhere. */
    static Rois of(Frame frame) {
        Shape x = frame.xShape(0);
        RoiShape shape = new RoiShape(x.n(), x.c(), x.h(), x.w());
        float[] rows = Host.floats(frame.x(frame.inputCount() - 1));
        for (int i = 0; i < rows.length; i++) {
            boolean isNumber = Float.isFinite(rows[i]);
            boolean isPicture = rows[i] >= 0 && rows[i] < x.n() && rows[i] == (int) rows[i];
            if (!isNumber || (i % COLUMNS == 0 && !isPicture)) {
                String kind = i % COLUMNS == 0 ? "picture" : "coordinate";
                throw new GraphException(
                        frame.node().name(), "region " + i / COLUMNS + " has the " + kind + " " + rows[i]);
            }
        }
        return new Rois(shape, rows, rows.length / COLUMNS);
    }

    /** The corners x1, y1, x2, y2 of all. */
    float[] boxes() {
        float[] boxes = new float[count * (COLUMNS - 1)];
        for (int roi = 0; roi < count; roi++) {
            System.arraycopy(rows, roi * COLUMNS + 1, boxes, roi * (COLUMNS - 1), COLUMNS - 1);
        }
        return boxes;
    }

    int picture(int roi) {
        return (int) rows[roi * COLUMNS];
    }

    float left(int roi) {
        return rows[roi * COLUMNS + 1];
    }

    float top(int roi) {
        return rows[roi * COLUMNS + 2];
    }

    float right(int roi) {
        return rows[roi * COLUMNS + 3];
    }

    float bottom(int roi) {
        return rows[roi * COLUMNS + 4];
    }
}
