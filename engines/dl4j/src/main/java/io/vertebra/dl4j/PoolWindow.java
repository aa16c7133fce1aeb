package io.vertebra.dl4j;

import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The windows of one pooling: where ND4J's operators cannot express them (asymmetric padding, rounding up), the input is
 * put into a larger map first, in which the windows fit exactly.
 */
final class PoolWindow {
    private final Frame frame;
    private final Size kernel;
    private final Size stride;
    private final Padding.Explicit padding;
    private final Shape x;
    private final long height;
    private final long width;

    PoolWindow(Frame frame, Size kernel, Size stride, Padding padding, INDArray y) {
        this.frame = frame;
        this.kernel = kernel;
        this.stride = stride;
        this.x = frame.xShape(0);
        this.padding = padding.resolve(new Size(x.h(), x.w()), kernel, stride, Size.of(1));
        this.height = y.size(2);
        this.width = y.size(3);
    }

    /** Whether ND4J's own padding gives these windows. */
    boolean isPlain() {
        return padding.top() == padding.bottom()
                && padding.left() == padding.right()
                && floor(x.h(), padding.top(), kernel.height(), stride.height()) == height
                && floor(x.w(), padding.left(), kernel.width(), stride.width()) == width;
    }

    private static long floor(int n, int padding, int k, int s) {
        return (n + 2L * padding - k) / s + 1;
    }

    /** The input as the operator is to see it. */
    INDArray padded(double filling) {
        INDArray map = frame.x(0);
        if (isPlain()) {
            return map;
        }
        INDArray around = larger().assign(filling);
        frame.run("assign", inner(around), inner(around), map);
        return around;
    }

    /** Uninitialised, of the shape of the input as the operator sees it. */
    INDArray gradientOfPadded(INDArray dx) {
        return isPlain() ? dx : larger();
    }

    /** Copies the inner part of a gradient; nothing if it is the gradient itself. */
    void unpad(INDArray gradient, INDArray dx) {
        if (gradient != dx) {
            frame.run("assign", dx, dx, inner(gradient));
        }
    }

    private INDArray larger() {
        long rows = Math.max(padding.top() + x.h(), (height - 1) * stride.height() + kernel.height());
        long columns = Math.max(padding.left() + x.w(), (width - 1) * stride.width() + kernel.width());
        return frame.scratch(x.n(), x.c(), rows, columns);
    }

    private INDArray inner(INDArray around) {
        return Views.region(around, padding.top(), padding.left(), x.h(), x.w());
    }

    /** Kernel, stride, padding, dilation 1, no SAME, the operator's own last number, channels first. */
    Arguments arguments(int last) {
        return Arguments.ints(
                kernel.height(),
                kernel.width(),
                stride.height(),
                stride.width(),
                isPlain() ? padding.top() : 0,
                isPlain() ? padding.left() : 0,
                1,
                1,
                0,
                last,
                0);
    }

    /** The cells of every window, row by row: all inside the padding, or only those inside the input. */
    double[] cells(boolean countPadding) {
        double[] cells = new double[Math.toIntExact(height * width)];
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j++) {
                long rows = extent(
                        i, kernel.height(), stride.height(), padding.top(), x.h(), padding.bottom(), countPadding);
                long columns =
                        extent(j, kernel.width(), stride.width(), padding.left(), x.w(), padding.right(), countPadding);
                cells[(int) (i * width + j)] = rows * columns;
            }
        }
        return cells;
    }

    private static long extent(long i, int k, int s, int before, int n, int after, boolean countPadding) {
        long from = i * s - before;
        long to = from + k;
        return countPadding ? Math.min(to, n + after) - from : Math.min(to, n) - Math.max(from, 0);
    }
}
