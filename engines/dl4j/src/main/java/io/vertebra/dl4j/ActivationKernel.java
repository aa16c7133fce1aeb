package io.vertebra.dl4j;

import io.vertebra.graph.op.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erfc;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;

/**
 * The functions of single elements. What ND4J's registry of operators lacks or computes otherwise is composed: SiLU of the
 * sigmoid, GELU of the error function, the hard ones of a cut.
 */
record ActivationKernel(Activation op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray x = frame.x(0);
        INDArray y = frame.newOutput();
        switch (op.function()) {
            case RELU -> run(frame, "relu", Arguments.floats(0), y, x);
            // not relu6, which makes 6 of NaN
            case RELU6 -> run(frame, "clipbyvalue", Arguments.floats(0, 6), y, x);
            case LEAKY_RELU -> run(frame, "lrelu", Arguments.floats(Activation.LEAK), y, x);
            case SIGMOID -> frame.run("sigmoid", y, x);
            case TANH -> frame.run("tanh", y, x);
            case SILU -> frame.run("multiply", y, x, sigmoid(frame, x));
            case HARD_SIGMOID -> frame.run("divide", y, cut(frame, x), frame.scalar(6));
            case HARD_SWISH -> {
                frame.run("divide", y, cut(frame, x), frame.scalar(6));
                frame.run("multiply", y, y, x);
            }
            case GELU -> frame.run("multiply", y, x, normalShare(frame, x));
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
            case LEAKY_RELU -> leakyGradient(frame, x, dy, dx);
            case SIGMOID -> frame.run("sigmoid_bp", dx, x, dy);
            case TANH -> frame.run("tanh_bp", dx, x, dy);
            case SILU -> siluGradient(frame, x, dy, dx);
            case HARD_SIGMOID -> {
                run(frame, "relu6_bp", Arguments.floats(0), dx, raised(frame, x), dy);
                frame.run("divide", dx, dx, frame.scalar(6));
            }
            case HARD_SWISH -> hardSwishGradient(frame, x, dy, dx);
            case GELU -> geluGradient(frame, x, dy, dx);
        }
    }

    /** dx = 0.1 · dy + 0.9 · dy where x is above 0; ND4J's own has the upper slope at 0. */
    private static void leakyGradient(Frame frame, INDArray x, INDArray dy, INDArray dx) {
        INDArray leaked = frame.scratch(x.shape());
        frame.run("multiply", leaked, dy, frame.scalar(Activation.LEAK));
        run(frame, "relu_bp", Arguments.floats(0), dx, x, dy);
        frame.run("multiply", dx, dx, frame.scalar(1 - Activation.LEAK));
        frame.run("add", dx, dx, leaked);
    }

    /** dx = dy · (y + σ(x) · (1 − y)), written as dy · (σ + (y − σ·y)). */
    private static void siluGradient(Frame frame, INDArray x, INDArray dy, INDArray dx) {
        INDArray sigmoid = sigmoid(frame, x);
        frame.run("multiply", dx, sigmoid, frame.y());
        frame.run("subtract", dx, frame.y(), dx);
        frame.run("add", dx, dx, sigmoid);
        frame.run("multiply", dx, dx, dy);
    }

    /** dx = dy · (min(max(x + 3, 0), 6) + x) / 6, the second term only where nothing is cut. */
    private static void hardSwishGradient(Frame frame, INDArray x, INDArray dy, INDArray dx) {
        run(frame, "relu6_bp", Arguments.floats(0), dx, raised(frame, x), x);
        frame.run("add", dx, dx, cut(frame, x));
        frame.run("divide", dx, dx, frame.scalar(6));
        frame.run("multiply", dx, dx, dy);
    }

    /** dx = dy · (Φ(x) + x · e^(−x²/2) / √(2π)). */
    private static void geluGradient(Frame frame, INDArray x, INDArray dy, INDArray dx) {
        frame.run("multiply", dx, x, x);
        frame.run("multiply", dx, dx, frame.scalar(-0.5));
        frame.run(new Exp(dx, dx));
        frame.run("multiply", dx, dx, x);
        frame.run("multiply", dx, dx, frame.scalar(1 / Math.sqrt(2 * Math.PI)));
        frame.run("add", dx, dx, normalShare(frame, x));
        frame.run("multiply", dx, dx, dy);
    }

    private static INDArray sigmoid(Frame frame, INDArray x) {
        INDArray sigmoid = frame.scratch(x.shape());
        frame.run("sigmoid", sigmoid, x);
        return sigmoid;
    }

    /** x + 3. */
    private static INDArray raised(Frame frame, INDArray x) {
        INDArray raised = frame.scratch(x.shape());
        frame.run("add", raised, x, frame.scalar(3));
        return raised;
    }

    /** min(max(x + 3, 0), 6). */
    private static INDArray cut(Frame frame, INDArray x) {
        INDArray cut = raised(frame, x);
        run(frame, "clipbyvalue", Arguments.floats(0, 6), cut, cut);
        return cut;
    }

    /** Φ(x) = erfc(−x / √2) / 2; far out, 1 + erf would be nothing but rounding. */
    private static INDArray normalShare(Frame frame, INDArray x) {
        INDArray share = frame.scratch(x.shape());
        frame.run("multiply", share, x, frame.scalar(-Math.sqrt(0.5)));
        frame.run(new Erfc(share, share));
        frame.run("multiply", share, share, frame.scalar(0.5));
        return share;
    }

    private static void run(Frame frame, String operator, Arguments arguments, INDArray out, INDArray... in) {
        frame.run(operator, in, new INDArray[] {out}, arguments);
    }
}
