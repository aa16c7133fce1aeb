package io.vertebra.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code y = a + factor · b}. */
record ScaledAddKernel(double factor) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        frame.run("multiply", y, frame.x(1), frame.scalar(factor));
        frame.run("add", y, frame.x(0), y);
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        if (frame.wants(0)) {
            INDArray da = frame.newGradient(0);
            frame.run("assign", da, da, dy);
        }
        if (frame.wants(1)) {
            frame.run("multiply", frame.newGradient(1), dy, frame.scalar(factor));
        }
    }
}
