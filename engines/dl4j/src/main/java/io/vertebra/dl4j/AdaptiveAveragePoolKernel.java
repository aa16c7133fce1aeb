package io.vertebra.dl4j;

import io.vertebra.graph.op.AdaptiveAveragePool;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Means over bins of any sizes, as one product with the constant matrix (H·W, h·w) of every cell's share in every bin. */
record AdaptiveAveragePoolKernel(AdaptiveAveragePool op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        multiply(frame, maps(frame.x(0)), shares(frame), 0, maps(y));
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        multiply(frame, maps(dy), shares(frame), 1, maps(frame.newGradient(0)));
    }

    private static void multiply(Frame frame, INDArray a, INDArray b, int transposeB, INDArray z) {
        frame.run("matmul", new INDArray[] {a, b}, new INDArray[] {z}, Arguments.ints(0, transposeB, 0));
    }

    private static INDArray maps(INDArray array) {
        return Views.reshape(array, array.size(0) * array.size(1), array.size(2) * array.size(3));
    }

    private INDArray shares(Frame frame) {
        int height = frame.xShape(0).h();
        int width = frame.xShape(0).w();
        double[][] rows = shares(height, op.grid().height());
        double[][] columns = shares(width, op.grid().width());
        int bins = Math.toIntExact(op.grid().area());
        double[] matrix = new double[Math.multiplyExact(height * width, bins)];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                for (int bin = 0; bin < bins; bin++) {
                    double share = rows[bin / op.grid().width()][row]
                            * columns[bin % op.grid().width()][column];
                    matrix[(row * width + column) * bins + bin] = share;
                }
            }
        }
        return frame.constant(matrix, (long) height * width, bins);
    }

    /** For each bin the weight of each cell of one axis. */
    private static double[][] shares(int n, int bins) {
        double[][] shares = new double[bins][n];
        for (int bin = 0; bin < bins; bin++) {
            int from = Math.toIntExact((long) bin * n / bins);
            int to = Math.toIntExact(((bin + 1L) * n + bins - 1) / bins);
            java.util.Arrays.fill(shares[bin], from, to, 1.0 / (to - from));
        }
        return shares;
    }
}
