package io.vertebra.dl4j;

import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cross entropy over rows of logits. Sums over positions are float64. Kept for the way back: what each position counts in
 * the mean. The hardest positions are chosen in Java.
 */
record CrossEntropyKernel(SoftmaxCrossEntropy op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        ClassRows rows = ClassRows.of(frame, frame.x(0));
        INDArray shares = shares(frame, rows);
        INDArray product = rows.logSoftmax();
        frame.run("multiply", product, product, targets(frame, rows));
        INDArray positions = rows.sums(product);
        frame.run("multiply", positions, positions, shares);
        INDArray y = frame.newOutput();
        // 0 − x, not −x: a loss of zero has no sign
        Host.put(y, new double[] {0 - Reductions.sum(frame, positions)});
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        ClassRows rows = ClassRows.of(frame, frame.x(0));
        INDArray target = targets(frame, rows);
        INDArray gradient = rows.softmax();
        rows.scale(gradient, rows.sums(target));
        frame.run("subtract", gradient, gradient, target);
        INDArray shares = rows.column();
        frame.run("multiply", shares, frame.kept(0), dy);
        rows.scale(gradient, shares);
        ClassRows.back(frame, gradient, frame.newGradient(0));
    }

    /** w · q, q smoothed; rows that do not count hold w · s / K. */
    private INDArray targets(Frame frame, ClassRows rows) {
        double rest = op.smoothing() / rows.classes();
        INDArray q;
        if (isSoft(frame)) {
            q = rows.scratch();
            frame.run("multiply", q, frame.x(1), frame.scalar(1 - op.smoothing()));
            frame.run("add", q, q, frame.scalar(rest));
        } else {
            q = rows.oneHot(frame.x(1), 1 - op.smoothing() + rest, rest);
        }
        if (!op.classWeights().isEmpty()) {
            frame.run("multiply", q, q, weights(frame));
        }
        return q;
    }

    private INDArray weights(Frame frame) {
        double[] weights =
                op.classWeights().stream().mapToDouble(Double::doubleValue).toArray();
        return frame.constant(weights, 1, weights.length);
    }

    /** Keeps 1 / M for each position that counts, 0 for the others. */
    private INDArray shares(Frame frame, ClassRows rows) {
        INDArray shares = frame.keep(rows.positions());
        counts(frame, rows, shares);
        double all = op.average() == SoftmaxCrossEntropy.Average.ALL
                ? rows.positions()
                : Reductions.sum(frame, weighted(frame, rows, shares));
        frame.run("multiply", shares, shares, frame.scalar(all == 0 ? 0 : 1 / all));
        return shares;
    }

    /** What positions weigh in M. */
    private INDArray weighted(Frame frame, ClassRows rows, INDArray counts) {
        if (isSoft(frame) || op.classWeights().isEmpty()) {
            return counts;
        }
        INDArray hot = rows.oneHot(frame.x(1), 1, 0);
        frame.run("multiply", hot, hot, weights(frame));
        INDArray weights = rows.sums(hot);
        frame.run("multiply", weights, weights, counts);
        return weights;
    }

    /** Writes 1 for each position that counts, else 0. */
    private void counts(Frame frame, ClassRows rows, INDArray counts) {
        if (isSoft(frame)) {
            counts.assign(1);
            return;
        }
        INDArray labels = Reductions.flat(frame.x(1));
        INDArray valid = Reductions.flags(frame, "not_equals", labels, op.ignore(), frame.type());
        frame.run("assign", counts, counts, valid);
        if (op.hardest() != null) {
            INDArray ofLabels = rows.ofLabels(rows.softmax(), labels);
            double[] chosen =
                    hardest(Host.wide(valid), Host.wide(ofLabels), frame.x(0).size(0));
            Host.put(counts, chosen);
            frame.ranInJava();
        }
    }

    /** 1 for the valid positions whose label is least probable. */
    private double[] hardest(double[] valid, double[] probabilities, long pictures) {
        double[] sorted = new double[valid.length];
        int count = 0;
        for (int i = 0; i < valid.length; i++) {
            if (valid[i] != 0) {
                sorted[count++] = probabilities[i];
            }
        }
        Arrays.sort(sorted, 0, count);
        double[] chosen = new double[valid.length];
        if (count > 0) {
            int kept = (int) Math.min(op.hardest().minKept() * pictures, count - 1);
            double limit = Math.max(op.hardest().threshold(), sorted[kept]);
            for (int i = 0; i < valid.length; i++) {
                chosen[i] = valid[i] != 0 && probabilities[i] < limit ? 1 : 0;
            }
        }
        return chosen;
    }

    private static boolean isSoft(Frame frame) {
        return frame.x(1).dataType() != DataType.INT32;
    }
}
