package io.vertebra.dl4j;

import io.vertebra.graph.op.L2Norm;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cells at length 1 times a factor a channel.
 *
 * <p>With r the length, at least ε, and g = s · dy: {@code dx = (g − x · Σ_k g·x / r²) / r}, without the second term where
 * r is ε.
 */
record L2NormKernel(L2Norm op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        frame.run("divide", y, frame.x(0), length(frame));
        frame.run("multiply", y, y, scale(frame));
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray x = frame.x(0);
        INDArray length = length(frame);
        INDArray product = frame.scratch(x.shape());
        frame.run("multiply", product, x, dy);
        if (frame.gradient("scale_weight") != null) {
            INDArray share = frame.scratch(x.shape());
            frame.run("divide", share, product, length);
            Reductions.reduce(frame, "reduce_sum", share, frame.gradient("scale_weight"), 0, 2, 3);
        }
        if (frame.wants(0)) {
            INDArray along = frame.scratch(length.shape());
            frame.run("multiply", product, product, scale(frame));
            Reductions.reduce(frame, "reduce_sum", product, along, 1);
            frame.run("multiply", along, along, isLong(frame, length));
            frame.run("divide", along, along, length);
            frame.run("divide", along, along, length);
            INDArray dx = frame.newGradient(0);
            frame.run("multiply", dx, dy, scale(frame));
            frame.run("multiply", product, x, along);
            frame.run("subtract", dx, dx, product);
            frame.run("divide", dx, dx, length);
        }
    }

    /** r (N, 1, H, W). */
    private INDArray length(Frame frame) {
        INDArray x = frame.x(0);
        INDArray length = frame.scratch(x.size(0), 1, x.size(2), x.size(3));
        Reductions.reduce(frame, "reduce_norm2", x, length, 1);
        // not maximum, which makes ε of NaN
        Arguments range = Arguments.floats(op.epsilon(), Float.MAX_VALUE);
        frame.run("clipbyvalue", new INDArray[] {length}, new INDArray[] {length}, range);
        return length;
    }

    /** 1 where r is above ε, else 0. */
    private INDArray isLong(Frame frame, INDArray length) {
        INDArray flags = frame.scratchOf(DataType.BOOL, length.shape());
        frame.run("greater", flags, length, frame.scalar(op.epsilon()));
        return Reductions.cast(frame, flags, frame.type());
    }

    private static INDArray scale(Frame frame) {
        INDArray scale = frame.parameter("scale_weight");
        return Views.reshape(scale, 1, scale.length(), 1, 1);
    }
}
