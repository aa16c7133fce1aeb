package io.vertebra.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code y = a + b}. */
record AddKernel() implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        frame.run("add", y, frame.x(0), frame.x(1));
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        for (int input = 0; input < 2; input++) {
            if (frame.wants(input)) {
                INDArray dx = frame.newGradient(input);
                frame.run("assign", dx, dx, dy);
            }
        }
    }
}
