package io.vertebra.dl4j;

import io.vertebra.graph.region.RoiAlignment;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The part of one picture's maps that a region is cut from, between two matrices. Its sides are powers of two, or the map's:
 * so that regions of all sizes take turns in a few arrays.
 */
final class RoiWindow {
    private final Frame frame;
    private final Side rows;
    private final Side columns;
    private final int picture;

    /**
     * Cells along one side of a map.
     *
     * @param shares of these cells in each bin, bin by bin
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on at once, compared by no one
    private record Side(int from, int count, int bins, double[] shares) {

        /** What is left of shares of all cells without those outside that have none. */
        static Side of(double[] all, int cells) {
            int bins = all.length / cells;
            int first = cells;
            int last = -1;
            for (int i = 0; i < all.length; i++) {
                if (all[i] != 0) {
                    first = Math.min(first, i % cells);
                    last = Math.max(last, i % cells);
                }
            }
            int needed = Math.max(1, last - first + 1);
            int count = Math.min(cells, needed == 1 ? 1 : 2 * Integer.highestOneBit(needed - 1));
            int from = Math.min(first, cells - count);
            double[] shares = new double[bins * count];
            for (int bin = 0; bin < bins; bin++) {
                System.arraycopy(all, bin * cells + from, shares, bin * count, count);
            }
            return new Side(from, count, bins, shares);
        }

        INDArray matrix(Frame frame) {
            return frame.constant(shares, bins, count);
        }
    }

    /** Of one of the regions, in maps of this shape. */
    RoiWindow(Frame frame, RoiAlignment align, INDArray maps, Rois rois, int r) {
        this.frame = frame;
        this.picture = rois.picture(r);
        int height = Math.toIntExact(maps.size(2));
        int width = Math.toIntExact(maps.size(3));
        this.rows = Side.of(align.rows(height, rois.top(r), rois.bottom(r)), height);
        this.columns = Side.of(align.columns(width, rois.left(r), rois.right(r)), width);
    }

    /** Writes the region's features (C, h, w). */
    void cut(INDArray maps, INDArray to) {
        INDArray cells = part(maps);
        INDArray scratch = scratch(cells);
        frame.run("assign", scratch, scratch, cells);
        MapProduct product = product();
        product.forward(maps(scratch), to);
        product.release();
        frame.release(scratch);
    }

    /** Adds to the gradient of the maps what the gradient (C, h, w) of the features gives. */
    void add(INDArray gradient, INDArray maps) {
        INDArray cells = part(maps);
        INDArray share = scratch(cells);
        MapProduct product = product();
        product.backward(gradient, maps(share));
        product.release();
        frame.run("add", cells, cells, share);
        frame.release(share);
    }

    private MapProduct product() {
        return new MapProduct(frame, rows.matrix(frame), columns.matrix(frame));
    }

    private INDArray part(INDArray maps) {
        INDArray sample = Views.sample(maps, picture, 1, maps.size(1), maps.size(2), maps.size(3));
        return Views.region(sample, rows.from, columns.from, rows.count, columns.count);
    }

    private INDArray scratch(INDArray cells) {
        return frame.scratch(1, cells.size(1), rows.count, columns.count);
    }

    private static INDArray maps(INDArray one) {
        return Views.reshape(one, one.size(1), one.size(2), one.size(3));
    }
}
