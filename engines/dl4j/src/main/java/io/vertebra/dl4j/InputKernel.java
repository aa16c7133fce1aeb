package io.vertebra.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/** What was fed, as it is; its gradient stays at the vertex. */
record InputKernel() implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        return frame.x(0);
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        // nothing lies before an input
    }
}
