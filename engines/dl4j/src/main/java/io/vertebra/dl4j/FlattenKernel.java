package io.vertebra.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The same elements in another shape; copied, so that each vertex owns its value. */
record FlattenKernel() implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        frame.run("assign", y, y, Views.reshape(frame.x(0), y.shape()));
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray dx = frame.newGradient(0);
        frame.run("assign", dx, dx, Views.reshape(dy, dx.shape()));
    }
}
