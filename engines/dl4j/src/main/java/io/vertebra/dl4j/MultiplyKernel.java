package io.vertebra.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code y = x · gate}, with a gate of x's shape or one number a map. */
record MultiplyKernel() implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        frame.run("multiply", y, frame.x(0), frame.x(1));
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray x = frame.x(0);
        INDArray gate = frame.x(1);
        if (frame.wants(0)) {
            frame.run("multiply", frame.newGradient(0), dy, gate);
        }
        if (frame.wants(1) && gate.length() == x.length()) {
            frame.run("multiply", frame.newGradient(1), dy, x);
        } else if (frame.wants(1)) {
            INDArray product = frame.scratch(x.shape());
            frame.run("multiply", product, dy, x);
            Reductions.reduce(frame, "reduce_sum", product, frame.newGradient(1), 2, 3);
        }
    }
}
