package io.vertebra.dl4j;

import io.vertebra.graph.op.Pad;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Zeros around the input, which is copied to its place; the gradient is the copy back. */
record PadKernel(Pad op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput().assign(0);
        frame.run("assign", inner(frame, y), inner(frame, y), frame.x(0));
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray dx = frame.newGradient(0);
        frame.run("assign", dx, dx, inner(frame, dy));
    }

    private INDArray inner(Frame frame, INDArray around) {
        INDArray x = frame.x(0);
        INDArray channels = Views.channels(around, op.before(), x.size(1));
        return Views.region(channels, op.space().top(), op.space().left(), x.size(2), x.size(3));
    }
}
