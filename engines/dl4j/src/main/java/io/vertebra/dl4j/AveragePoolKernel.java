package io.vertebra.dl4j;

import io.vertebra.graph.op.AveragePool;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The mean of each window: ND4J's mean over all cells of the window, corrected where fewer count. */
record AveragePoolKernel(AveragePool op) implements Kernel {
    private static final int DIVIDE_BY_KERNEL = 1;

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        PoolWindow window = window(frame, y);
        frame.run(
                "avgpool2d", new INDArray[] {window.padded(0)}, new INDArray[] {y}, window.arguments(DIVIDE_BY_KERNEL));
        if (isCorrected(window)) {
            frame.run("multiply", y, y, correction(frame, window, y));
        }
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray dx = frame.newGradient(0);
        PoolWindow window = window(frame, dy);
        INDArray gradient = window.gradientOfPadded(dx);
        INDArray corrected = dy;
        if (isCorrected(window)) {
            corrected = frame.scratch(dy.shape());
            frame.run("multiply", corrected, dy, correction(frame, window, dy));
        }
        // the input itself is not read, only its shape
        frame.run(
                "avgpool2d_bp",
                new INDArray[] {window.isPlain() ? frame.x(0) : gradient, corrected},
                new INDArray[] {gradient},
                window.arguments(DIVIDE_BY_KERNEL));
        window.unpad(gradient, dx);
    }

    private PoolWindow window(Frame frame, INDArray y) {
        return new PoolWindow(frame, op.kernel(), op.stride(), op.padding(), y);
    }

    private boolean isCorrected(PoolWindow window) {
        return Arrays.stream(window.cells(op.countPadding()))
                .anyMatch(cells -> cells != op.kernel().area());
    }

    private INDArray correction(Frame frame, PoolWindow window, INDArray y) {
        double[] factors = Arrays.stream(window.cells(op.countPadding()))
                .map(cells -> op.kernel().area() / cells)
                .toArray();
        return frame.constant(factors, 1, 1, y.size(2), y.size(3));
    }
}
