package io.vertebra.dl4j;

import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.region.RoiPooling;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The largest features of regions by a loop in Java, in float64 whatever the type. */
record RoiPoolKernel(RoiPool op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        Rois rois = Rois.of(frame);
        Host.put(y, pooling().forward(Host.wide(frame.x(0)), rois.shape(), rois.rows()));
        frame.ranInJava();
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        Rois rois = Rois.of(frame);
        double[] gradient = new double[rois.shape().elements()];
        int[] cells = pooling().largest(Host.wide(frame.x(0)), rois.shape(), rois.rows());
        RoiPooling.backward(Host.wide(dy), cells, gradient);
        Host.put(frame.newGradient(0), gradient);
        frame.ranInJava();
    }

    private RoiPooling pooling() {
        return new RoiPooling(op.output(), op.scale());
    }
}
