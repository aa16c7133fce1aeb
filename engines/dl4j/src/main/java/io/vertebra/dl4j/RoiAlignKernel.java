package io.vertebra.dl4j;

import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.region.RoiAlignment;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Features of regions by a loop in Java, in float64 whatever the type. */
record RoiAlignKernel(RoiAlign op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        Rois rois = Rois.of(frame);
        Host.put(y, alignment().forward(Host.wide(frame.x(0)), rois.shape(), rois.rows()));
        frame.ranInJava();
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        Rois rois = Rois.of(frame);
        double[] gradient = new double[rois.shape().elements()];
        alignment().backward(Host.wide(dy), rois.shape(), rois.rows(), gradient);
        Host.put(frame.newGradient(0), gradient);
        frame.ranInJava();
    }

    private RoiAlignment alignment() {
        return new RoiAlignment(op.output(), op.scale(), op.samplingRatio(), op.aligned());
    }
}
