package io.vertebra.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Maps (M, H, W) between two matrices, {@code rows · map · columnsᵀ}: along the height and along the width, the one first
 * that leaves less to do.
 */
final class MapProduct {
    private final Frame frame;
    private final INDArray rows;
    private final INDArray columns;

    /**
     * @param rows (H', H), scratch of the frame
     * @param columns (W', W), scratch too
     */
    MapProduct(Frame frame, INDArray rows, INDArray columns) {
        this.frame = frame;
        this.rows = rows;
        this.columns = columns;
    }

    /** Writes the maps (M, H', W') that these make. */
    void forward(INDArray maps, INDArray to) {
        apply(maps, to, false);
    }

    /** Writes the gradient (M, H, W) for the gradient (M, H', W'). */
    void backward(INDArray gradient, INDArray to) {
        apply(gradient, to, true);
    }

    /** Gives the matrices back, for which this is the last use. */
    void release() {
        frame.release(rows);
        frame.release(columns);
    }

    private void apply(INDArray from, INDArray to, boolean back) {
        if (to.length() > from.length()) {
            INDArray between = frame.scratch(from.size(0), to.size(1), from.size(2));
            alongHeight(from, between, back);
            alongWidth(between, to, back);
            frame.release(between);
        } else {
            INDArray between = frame.scratch(from.size(0), from.size(1), to.size(2));
            alongWidth(from, between, back);
            alongHeight(between, to, back);
            frame.release(between);
        }
    }

    private void alongWidth(INDArray from, INDArray to, boolean back) {
        multiply(from, columns, back, to);
    }

    /** As along the width, with the maps turned. */
    private void alongHeight(INDArray from, INDArray to, boolean back) {
        INDArray turned = frame.scratch(from.size(0), from.size(2), from.size(1));
        frame.run("assign", turned, turned, from.permute(0, 2, 1));
        INDArray product = frame.scratch(to.size(0), to.size(2), to.size(1));
        multiply(turned, rows, back, product);
        frame.run("assign", to, to, product.permute(0, 2, 1));
        frame.release(turned);
        frame.release(product);
    }

    private void multiply(INDArray maps, INDArray matrix, boolean back, INDArray to) {
        frame.run(
                "matmul",
                new INDArray[] {lines(maps), matrix},
                new INDArray[] {lines(to)},
                Arguments.ints(0, back ? 0 : 1, 0));
    }

    private static INDArray lines(INDArray maps) {
        return Views.reshape(maps, maps.size(0) * maps.size(1), maps.size(2));
    }
}
