package io.vertebra.dl4j;

import io.vertebra.graph.op.Slice;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Some channels, copied; the gradient is the copy back, with zeros around it. */
record SliceKernel(Slice op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        frame.run("assign", y, y, part(frame.x(0)));
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray part = part(frame.newGradient(0).assign(0));
        frame.run("assign", part, part, dy);
    }

    private INDArray part(INDArray whole) {
        return Views.channels(whole, op.from(), op.to() - op.from());
    }
}
