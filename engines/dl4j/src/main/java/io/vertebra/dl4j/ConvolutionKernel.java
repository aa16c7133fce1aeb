package io.vertebra.dl4j;

import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolution as matrix products, sample by sample: the columns of a sample's patches, times the weight, a product a
 * group. ND4J's own {@code conv2d} knows neither groups nor asymmetric padding, its builds with oneDNN no dilation, and
 * it takes ten times as long (3x3, 64 channels, 56x56, batch 8, 2 threads: 224 ms and 22 ms).
 */
record ConvolutionKernel(Convolution op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        Columns columns = columns(frame, y);
        INDArray weight = matrices(frame.parameter("weight"));
        for (long n = 0; n < y.size(0); n++) {
            multiply(frame, weight, false, columns.of(n), false, matrices(y, n), 0);
        }
        if (op.bias()) {
            Bias.add(frame, y);
        }
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        Columns columns = columns(frame, dy);
        if (frame.gradient("weight") != null) {
            INDArray dw = matrices(frame.gradient("weight"));
            for (long n = 0; n < dy.size(0); n++) {
                multiply(frame, matrices(dy, n), false, columns.of(n), true, dw, n == 0 ? 0 : 1);
            }
        }
        if (op.bias()) {
            Bias.gradient(frame, dy);
        }
        if (frame.wants(0)) {
            INDArray weight = matrices(frame.parameter("weight"));
            INDArray dx = frame.newGradient(0);
            for (long n = 0; n < dy.size(0); n++) {
                multiply(frame, weight, true, matrices(dy, n), false, columns.gradient(dx, n), 0);
                columns.gather(dx, n);
            }
        }
    }

    /** z = a · b + beta · z, a product for each group. */
    private static void multiply(
            Frame frame, INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray z, double beta) {
        frame.run(
                "matmul",
                new INDArray[] {a, b},
                new INDArray[] {z},
                Arguments.ints(transposeA ? 1 : 0, transposeB ? 1 : 0, 0).withFloats(1, beta));
    }

    private Columns columns(Frame frame, INDArray y) {
        Shape x = frame.xShape(0);
        Padding.Explicit padding =
                op.padding().resolve(new Size(x.h(), x.w()), op.kernel(), op.stride(), op.dilation());
        return new Columns(frame, op, padding, y.size(2), y.size(3));
    }

    /** The weight or its gradient as (groups, out / groups, C / groups · kh · kw), or without the axis of a single group. */
    private INDArray matrices(INDArray weight) {
        long rows = op.out() / op.groups();
        long row = weight.length() / op.out();
        return op.groups() == 1 ? Views.reshape(weight, rows, row) : Views.reshape(weight, op.groups(), rows, row);
    }

    /** One sample of the output as (groups, out / groups, H' · W'). */
    private INDArray matrices(INDArray y, long n) {
        long area = y.size(2) * y.size(3);
        long rows = op.out() / op.groups();
        return op.groups() == 1 ? Views.sample(y, n, rows, area) : Views.sample(y, n, op.groups(), rows, area);
    }
}
