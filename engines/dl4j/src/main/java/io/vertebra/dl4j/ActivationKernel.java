package io.vertebra.dl4j;

import io.vertebra.graph.op.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The functions of single elements. SiLU is no operator of ND4J's registry: it is composed of the sigmoid. */
record ActivationKernel(Activation op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray x = frame.x(0);
        INDArray y = frame.newOutput();
        switch (op.function()) {
            case RELU -> run(frame, "relu", Arguments.floats(0), y, x);
            // not relu6, which makes 6 of NaN
            case RELU6 -> run(frame, "clipbyvalue", Arguments.floats(0, 6), y, x);
            case SIGMOID -> run(frame, "sigmoid", Arguments.NONE, y, x);
            case TANH -> run(frame, "tanh", Arguments.NONE, y, x);
            case SILU -> {
                INDArray sigmoid = frame.scratch(x.shape());
                run(frame, "sigmoid", Arguments.NONE, sigmoid, x);
                run(frame, "multiply", Arguments.NONE, y, x, sigmoid);
            }
        }
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray x = frame.x(0);
        INDArray dx = frame.newGradient(0);
        switch (op.function()) {
            case RELU -> run(frame, "relu_bp", Arguments.floats(0), dx, x, dy);
            case RELU6 -> run(frame, "relu6_bp", Arguments.floats(0), dx, x, dy);
            case SIGMOID -> run(frame, "sigmoid_bp", Arguments.NONE, dx, x, dy);
            case TANH -> run(frame, "tanh_bp", Arguments.NONE, dx, x, dy);
            case SILU -> siluGradient(frame, x, dy, dx);
        }
    }

    /** dx = dy · (y + σ(x) · (1 − y)), written as dy · (σ + (y − σ·y)). */
    private static void siluGradient(Frame frame, INDArray x, INDArray dy, INDArray dx) {
        INDArray sigmoid = frame.scratch(x.shape());
        run(frame, "sigmoid", Arguments.NONE, sigmoid, x);
        run(frame, "multiply", Arguments.NONE, dx, sigmoid, frame.y());
        run(frame, "subtract", Arguments.NONE, dx, frame.y(), dx);
        run(frame, "add", Arguments.NONE, dx, dx, sigmoid);
        run(frame, "multiply", Arguments.NONE, dx, dx, dy);
    }

    private static void run(Frame frame, String operator, Arguments arguments, INDArray out, INDArray... in) {
        frame.run(operator, in, new INDArray[] {out}, arguments);
    }
}
