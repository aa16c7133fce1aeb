package io.vertebra.dl4j;

import io.vertebra.graph.op.MapRows;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A copy with the axes in another order; the gradient is the copy back. */
record MapRowsKernel(MapRows op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        INDArray x = frame.x(0);
        frame.run("assign", cells(y, x), cells(y, x), anchors(x).permute(0, 3, 4, 1, 2));
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray dx = frame.newGradient(0);
        frame.run("assign", anchors(dx), anchors(dx), cells(dy, dx).permute(0, 3, 4, 1, 2));
    }

    /** (N, A, K, H, W). */
    private INDArray anchors(INDArray maps) {
        return Views.reshape(maps, maps.size(0), maps.size(1) / op.columns(), op.columns(), maps.size(2), maps.size(3));
    }

    /** (N, H, W, A, K). */
    private INDArray cells(INDArray rows, INDArray maps) {
        return Views.reshape(rows, maps.size(0), maps.size(2), maps.size(3), maps.size(1) / op.columns(), op.columns());
    }
}
