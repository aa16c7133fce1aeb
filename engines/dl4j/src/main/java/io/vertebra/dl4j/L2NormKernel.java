package io.vertebra.dl4j;

import io.vertebra.graph.op.L2Norm;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cells at length 1 times a factor a channel, in float64 whatever the type: along the cell the gradient cancels.
 *
 * <p>With r the length, at least ε, and g = s · dy: {@code dx = (g − x · Σ_k g·x / r²) / r}, without the second term where
 * r is ε.
 */
record L2NormKernel(L2Norm op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray x = Reductions.wide(frame, frame.x(0));
        INDArray product = Reductions.wideLike(frame, x);
        frame.run("divide", product, x, length(frame, x));
        frame.run("multiply", product, product, scale(frame));
        INDArray y = frame.newOutput();
        Reductions.narrow(frame, product, y);
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray x = Reductions.wide(frame, frame.x(0));
        INDArray g = Reductions.wide(frame, dy);
        INDArray length = length(frame, x);
        INDArray product = Reductions.wideLike(frame, x);
        frame.run("multiply", product, x, g);
        if (frame.gradient("scale_weight") != null) {
            scaleGradient(frame, product, length, frame.gradient("scale_weight"));
        }
        if (frame.wants(0)) {
            INDArray along = Reductions.wideLike(frame, length);
            frame.run("multiply", product, product, scale(frame));
            Reductions.reduce(frame, "reduce_sum", product, along, 1);
            frame.run("multiply", along, along, isLong(frame, length));
            frame.run("divide", along, along, length);
            frame.run("divide", along, along, length);

            INDArray gradient = Reductions.wideLike(frame, x);
            frame.run("multiply", gradient, g, scale(frame));
            frame.run("multiply", product, x, along);
            frame.run("subtract", gradient, gradient, product);
            frame.run("divide", gradient, gradient, length);
            INDArray dx = frame.newGradient(0);
            Reductions.narrow(frame, gradient, dx);
        }
    }

    /** Σ x · dy / r over everything but the channels. */
    private static void scaleGradient(Frame frame, INDArray product, INDArray length, INDArray to) {
        INDArray share = Reductions.wideLike(frame, product);
        frame.run("divide", share, product, length);
        INDArray sums = frame.scratchOf(DataType.DOUBLE, to.length());
        Reductions.reduce(frame, "reduce_sum", share, sums, 0, 2, 3);
        Reductions.narrow(frame, sums, to);
    }

    /** r (N, 1, H, W). */
    private INDArray length(Frame frame, INDArray x) {
        INDArray length = frame.scratchOf(DataType.DOUBLE, x.size(0), 1, x.size(2), x.size(3));
        Reductions.reduce(frame, "reduce_norm2", x, length, 1);
        // not maximum, which makes ε of NaN
        Arguments range = Arguments.floats(op.epsilon(), Double.MAX_VALUE);
        frame.run("clipbyvalue", new INDArray[] {length}, new INDArray[] {length}, range);
        return length;
    }

    /** 1 where r is above ε, else 0. */
    private INDArray isLong(Frame frame, INDArray length) {
        INDArray flags = frame.scratchOf(DataType.BOOL, length.shape());
        frame.run("greater", flags, length, Reductions.wide(frame, op.epsilon()));
        return Reductions.cast(frame, flags, DataType.DOUBLE);
    }

    private static INDArray scale(Frame frame) {
        INDArray scale = Reductions.wide(frame, frame.parameter("scale_weight"));
        return Views.reshape(scale, 1, scale.length(), 1, 1);
    }
}
