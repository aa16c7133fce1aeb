package io.vertebra.dl4j;

import io.vertebra.graph.op.Shape;
import io.vertebra.graph.region.RoiShape;

/**
 * The regions that an operator cuts, and the maps that it cuts them from.
 *
 * @param shape of the maps
 * @param rows picture, x1, y1, x2, y2 of each region
 */
@SuppressWarnings("ArrayRecordComponent") // handed on at once, compared by no one
record Rois(RoiShape shape, float[] rows) {

    /** Of the maps and the regions that a vertex reads. */
    static Rois of(Frame frame) {
        Shape x = frame.xShape(0);
        float[] rows = new float[Math.toIntExact(frame.x(1).length())];
        Host.get(frame.x(1), rows);
        return new Rois(new RoiShape(x.n(), x.c(), x.h(), x.w()), rows);
    }
}
