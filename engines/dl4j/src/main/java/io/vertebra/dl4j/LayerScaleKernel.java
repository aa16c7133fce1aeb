package io.vertebra.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code y = γ · x}, one factor a channel. */
record LayerScaleKernel() implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        frame.run("multiply", y, frame.x(0), gamma(frame));
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray gradient = frame.gradient("gamma");
        if (gradient != null) {
            INDArray product = frame.scratch(dy.shape());
            frame.run("multiply", product, dy, frame.x(0));
            Reductions.reduce(frame, "reduce_sum", product, gradient, 0, 2, 3);
        }
        if (frame.wants(0)) {
            frame.run("multiply", frame.newGradient(0), dy, gamma(frame));
        }
    }

    private static INDArray gamma(Frame frame) {
        INDArray gamma = frame.parameter("gamma");
        return Views.reshape(gamma, 1, gamma.length(), 1, 1);
    }
}
