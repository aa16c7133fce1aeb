package io.vertebra.dl4j;

import io.vertebra.graph.op.Linear;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code y = x · wᵀ + b}. */
record LinearKernel(Linear op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        multiply(frame, frame.x(0), false, frame.parameter("weight"), true, y);
        if (op.bias()) {
            Bias.add(frame, y);
        }
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        if (frame.gradient("weight") != null) {
            multiply(frame, dy, true, frame.x(0), false, frame.gradient("weight"));
        }
        if (op.bias()) {
            Bias.gradient(frame, dy);
        }
        if (frame.wants(0)) {
            multiply(frame, dy, false, frame.parameter("weight"), false, frame.newGradient(0));
        }
    }

    private static void multiply(
            Frame frame, INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray z) {
        frame.run(
                "matmul",
                new INDArray[] {a, b},
                new INDArray[] {z},
                Arguments.ints(transposeA ? 1 : 0, transposeB ? 1 : 0, 0));
    }
}
