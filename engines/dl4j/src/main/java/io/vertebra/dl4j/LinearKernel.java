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
            frame.run(
                    "biasadd",
                    new INDArray[] {y, frame.parameter("bias")},
                    new INDArray[] {y},
                    Arguments.NONE.withFlags(true));
        }
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        if (frame.gradient("weight") != null) {
            multiply(frame, dy, true, frame.x(0), false, frame.gradient("weight"));
        }
        if (op.bias() && frame.gradient("bias") != null) {
            frame.run(
                    "reduce_sum",
                    new INDArray[] {dy},
                    new INDArray[] {frame.gradient("bias")},
                    Arguments.ints(0).withFlags(false));
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
