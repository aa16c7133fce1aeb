package io.vertebra.dl4j;

import io.vertebra.graph.op.MaxPool;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The largest value of each window; what is put around the input is −∞. */
record MaxPoolKernel(MaxPool op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        PoolWindow window = window(frame, y);
        frame.run(
                "maxpool2d",
                new INDArray[] {window.padded(Double.NEGATIVE_INFINITY)},
                new INDArray[] {y},
                window.arguments(0));
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray dx = frame.newGradient(0);
        PoolWindow window = window(frame, dy);
        INDArray gradient = window.gradientOfPadded(dx);
        frame.run(
                "maxpool2d_bp",
                new INDArray[] {window.padded(Double.NEGATIVE_INFINITY), dy},
                new INDArray[] {gradient},
                window.arguments(0));
        window.unpad(gradient, dx);
    }

    private PoolWindow window(Frame frame, INDArray y) {
        return new PoolWindow(frame, op.kernel(), op.stride(), op.padding(), y);
    }
}
