package io.vertebra.dl4j;

import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.region.HardNegatives;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cross entropy of positive anchors and the hardest negatives, in float64 whatever the type. Kept for the way back: what
 * each anchor counts. The negatives are chosen in Java.
 */
record HardNegativeKernel(HardNegativeCrossEntropy op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        ClassRows rows = rows(frame);
        INDArray anchors = rows.ofLabels(rows.logSoftmax(), frame.x(1));
        INDArray shares = frame.keepOf(DataType.DOUBLE, rows.positions());
        Host.putWide(shares, 0, shares(frame, Host.wide(anchors)));
        frame.ranInJava();
        frame.run("multiply", anchors, anchors, shares);
        INDArray y = frame.newOutput();
        Host.put(y, new double[] {0 - Reductions.sum(frame, anchors)});
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        ClassRows rows = rows(frame);
        INDArray gradient = rows.softmax();
        frame.run("subtract", gradient, gradient, rows.oneHot(frame.x(1), 1, 0));
        rows.scale(gradient, frame.kept(0));
        frame.run("multiply", gradient, gradient, Reductions.wide(frame, Host.first(dy)));
        ClassRows.back(frame, Reductions.cast(frame, gradient, frame.type()), frame.newGradient(0));
    }

    private static ClassRows rows(Frame frame) {
        return ClassRows.of(frame, Reductions.wide(frame, frame.x(0)));
    }

    /** One over the positives of the batch for each anchor that counts, 0 for the others. */
    private double[] shares(Frame frame, double[] logarithms) {
        int[] labels = Host.ints(frame.x(1));
        double share = 1 / Reductions.positives(frame, Reductions.flat(frame.x(1)));
        double[] losses = new double[labels.length];
        Arrays.setAll(losses, anchor -> -logarithms[anchor]);
        HardNegatives hard = new HardNegatives(op.ratio(), op.minNegatives());
        boolean[] counts = new boolean[labels.length];
        int anchors = Math.toIntExact(frame.x(1).size(1));
        for (int first = 0; first < labels.length; first += anchors) {
            hard.mark(losses, labels, first, anchors, counts);
        }
        double[] shares = new double[labels.length];
        Arrays.setAll(shares, anchor -> counts[anchor] ? share : 0);
        return shares;
    }
}
