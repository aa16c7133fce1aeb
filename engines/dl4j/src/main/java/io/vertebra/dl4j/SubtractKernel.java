package io.vertebra.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code y = a − b}. */
record SubtractKernel() implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        frame.run("subtract", y, frame.x(0), frame.x(1));
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        if (frame.wants(0)) {
            INDArray da = frame.newGradient(0);
            frame.run("assign", da, da, dy);
        }
        if (frame.wants(1)) {
            frame.run("multiply", frame.newGradient(1), dy, frame.scalar(-1));
        }
    }
}
