package io.vertebra.dl4j;

import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Padding;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The patches of one sample under a convolution's window as columns of a matrix (groups, C / groups · kh · kw, H' · W'),
 * and the way back for gradients.
 */
final class Columns {
    private final Frame frame;
    private final Convolution op;
    private final Padding.Explicit padding;
    private final long[] shape;
    private final INDArray x;
    private INDArray columns;
    private INDArray padded;

    Columns(Frame frame, Convolution op, Padding.Explicit padding, long height, long width) {
        this.frame = frame;
        this.op = op;
        this.padding = padding;
        this.x = frame.x(0);
        this.shape = new long[] {1, x.size(1), op.kernel().height(), op.kernel().width(), height, width};
    }

    /** Of sample n; overwritten by the next. */
    INDArray of(long n) {
        if (isPointwise()) {
            return matrices(x, n);
        }
        INDArray image = image(x, n);
        if (!isSymmetric()) {
            INDArray around = padded();
            around.assign(0);
            frame.run("assign", inner(around), inner(around), image);
            image = around;
        }
        frame.run(
                "im2col",
                new INDArray[] {image},
                new INDArray[] {columns()},
                Arguments.ints(
                                op.kernel().height(),
                                op.kernel().width(),
                                op.stride().height(),
                                op.stride().width(),
                                top(),
                                left(),
                                op.dilation().height(),
                                op.dilation().width(),
                                0)
                        .withFloats(0));
        return matrices(columns(), 0);
    }

    /** Where the gradient of sample n's columns is to be written. */
    INDArray gradient(INDArray dx, long n) {
        return isPointwise() ? matrices(dx, n) : matrices(columns(), 0);
    }

    /** Adds up the written columns in the gradient of sample n. */
    void gather(INDArray dx, long n) {
        if (isPointwise()) {
            return;
        }
        INDArray image = image(dx, n);
        INDArray target = isSymmetric() ? image : padded();
        frame.run(
                "col2im",
                new INDArray[] {columns()},
                new INDArray[] {target},
                Arguments.ints(
                        op.stride().height(),
                        op.stride().width(),
                        top(),
                        left(),
                        Math.toIntExact(target.size(2)),
                        Math.toIntExact(target.size(3)),
                        op.dilation().height(),
                        op.dilation().width(),
                        0));
        if (!isSymmetric()) {
            frame.run("assign", image, image, inner(target));
        }
    }

    /** Whether the input itself is the matrix. */
    private boolean isPointwise() {
        return op.kernel().area() == 1
                && op.stride().area() == 1
                && padding.top() + padding.bottom() + padding.left() + padding.right() == 0;
    }

    private boolean isSymmetric() {
        return padding.top() == padding.bottom() && padding.left() == padding.right();
    }

    private int top() {
        return isSymmetric() ? padding.top() : 0;
    }

    private int left() {
        return isSymmetric() ? padding.left() : 0;
    }

    private INDArray image(INDArray maps, long n) {
        return Views.sample(maps, n, 1, maps.size(1), maps.size(2), maps.size(3));
    }

    private INDArray columns() {
        if (columns == null) {
            columns = frame.scratch(shape);
        }
        return columns;
    }

    private INDArray padded() {
        if (padded == null) {
            long height = x.size(2) + padding.top() + padding.bottom();
            long width = x.size(3) + padding.left() + padding.right();
            padded = frame.scratch(1, x.size(1), height, width);
        }
        return padded;
    }

    private INDArray inner(INDArray around) {
        return Views.region(around, padding.top(), padding.left(), x.size(2), x.size(3));
    }

    private INDArray matrices(INDArray array, long n) {
        long area = shape[4] * shape[5];
        long rows = shape[1] * shape[2] * shape[3] / op.groups();
        return op.groups() == 1 ? Views.sample(array, n, rows, area) : Views.sample(array, n, op.groups(), rows, area);
    }
}
