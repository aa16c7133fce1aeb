package io.vertebra.dl4j;

import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.region.RoiAlignment;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Each region is its picture's maps between two matrices; samples are placed in float64 whatever the type. */
record RoiAlignKernel(RoiAlign op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        Rois rois = Rois.of(frame);
        for (int r = 0; r < rois.count(); r++) {
            MapProduct product = product(frame, rois, r);
            product.forward(maps(frame.x(0), rois.picture(r)), maps(y, r));
            product.release();
        }
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray dx = frame.newGradient(0).assign(0);
        Rois rois = Rois.of(frame);
        INDArray share = frame.scratch(dx.size(1), dx.size(2), dx.size(3));
        for (int r = 0; r < rois.count(); r++) {
            MapProduct product = product(frame, rois, r);
            product.backward(maps(dy, r), share);
            INDArray picture = maps(dx, rois.picture(r));
            frame.run("add", picture, picture, share);
            product.release();
        }
    }

    private MapProduct product(Frame frame, Rois rois, int r) {
        int height = rois.shape().height();
        int width = rois.shape().width();
        int rows = op.output().height();
        int columns = op.output().width();
        RoiAlignment align = new RoiAlignment(op.output(), op.scales().get(0), op.samplingRatio(), op.aligned());
        double[] ofRows = align.rows(height, rois.top(r), rois.bottom(r));
        double[] ofColumns = align.columns(width, rois.left(r), rois.right(r));
        return new MapProduct(frame, frame.constant(ofRows, rows, height), frame.constant(ofColumns, columns, width));
    }

    private static INDArray maps(INDArray array, int n) {
        return Views.sample(array, n, array.size(1), array.size(2), array.size(3));
    }
}
