package io.vertebra.dl4j;

import io.vertebra.graph.op.SoftmaxCrossEntropy;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cross entropy over rows of logits, classes last: ND4J's softmax over the channels of maps is wrong in its builds with
 * oneDNN. Sums over positions are float64.
 */
record CrossEntropyKernel(SoftmaxCrossEntropy op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray logits = rows(frame);
        INDArray target = targets(frame, logits.shape());
        INDArray product = logSoftmax(frame, logits);
        frame.run("multiply", product, product, target);
        INDArray positions = frame.scratch(logits.size(0));
        reduce(frame, "reduce_sum", product, positions, 1);
        INDArray valid = valid(frame, logits.size(0));
        frame.run("multiply", positions, positions, valid);
        double count = sum(frame, valid);
        // 0 − x, not −x: a loss of zero has no sign
        double loss = count == 0 ? 0 : (0 - sum(frame, positions)) / count;
        INDArray y = frame.newOutput();
        Host.put(y, new double[] {loss});
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        INDArray logits = rows(frame);
        INDArray target = targets(frame, logits.shape());
        INDArray gradient = frame.scratch(logits.shape());
        frame.run("softmax", new INDArray[] {logits}, new INDArray[] {gradient}, Arguments.ints(1));
        frame.run("subtract", gradient, gradient, target);
        INDArray valid = valid(frame, logits.size(0));
        double count = sum(frame, valid);
        frame.run("multiply", valid, valid, frame.scalar(count == 0 ? 0 : Host.first(dy) / count));
        frame.run("multiply", gradient, gradient, Views.reshape(valid, valid.length(), 1));
        INDArray dx = frame.newGradient(0);
        frame.run("assign", dx, dx, dx.rank() == 2 ? gradient : maps(gradient, dx));
    }

    /** Composed: ND4J's {@code log_softmax} is the logarithm of the softmax, −∞ from a distance of 88 on in fp32. */
    private static INDArray logSoftmax(Frame frame, INDArray logits) {
        long positions = logits.size(0);
        INDArray of = frame.scratch(positions);
        reduce(frame, "reduce_max", logits, of, 1);
        INDArray shifted = frame.scratch(logits.shape());
        frame.run("subtract", shifted, logits, Views.reshape(of, positions, 1));
        reduce(frame, "reduce_logsumexp", shifted, of, 1);
        frame.run("subtract", shifted, shifted, Views.reshape(of, positions, 1));
        return shifted;
    }

    /** The logits as (positions, K). */
    private static INDArray rows(Frame frame) {
        INDArray z = frame.x(0);
        if (z.rank() == 2) {
            return z;
        }
        INDArray last = frame.scratch(z.size(0), z.size(2), z.size(3), z.size(1));
        frame.run("assign", last, last, z.permute(0, 2, 3, 1));
        return Views.reshape(last, z.length() / z.size(1), z.size(1));
    }

    private static INDArray maps(INDArray rows, INDArray like) {
        return Views.reshape(rows, like.size(0), like.size(2), like.size(3), like.size(1))
                .permute(0, 3, 1, 2);
    }

    /** q, smoothed; rows that do not count hold s / K. */
    private INDArray targets(Frame frame, long[] shape) {
        INDArray q = frame.scratch(shape);
        double rest = op.smoothing() / shape[1];
        if (isSoft(frame)) {
            frame.run("multiply", q, frame.x(1), frame.scalar(1 - op.smoothing()));
            frame.run("add", q, q, frame.scalar(rest));
        } else {
            frame.run(
                    "onehot",
                    new INDArray[] {labels(frame)},
                    new INDArray[] {q},
                    Arguments.ints(1, Math.toIntExact(shape[1])).withFloats(1 - op.smoothing() + rest, rest));
        }
        return q;
    }

    /** 1 for each position that counts, else 0. */
    private INDArray valid(Frame frame, long positions) {
        INDArray valid = frame.scratch(positions);
        if (isSoft(frame)) {
            return valid.assign(1);
        }
        INDArray ignored = frame.scratchOf(DataType.INT32, 1);
        Host.put(ignored, new int[] {op.ignore()});
        INDArray flags = frame.scratchOf(DataType.BOOL, positions);
        frame.run("not_equals", flags, labels(frame), ignored);
        frame.run(
                "cast",
                new INDArray[] {flags},
                new INDArray[] {valid},
                Arguments.ints(frame.type().toInt()));
        return valid;
    }

    private static INDArray labels(Frame frame) {
        return Views.reshape(frame.x(1), frame.x(1).length());
    }

    private static boolean isSoft(Frame frame) {
        return frame.x(1).rank() == frame.x(0).rank();
    }

    private static double sum(Frame frame, INDArray values) {
        INDArray wide = frame.scratchOf(DataType.DOUBLE, values.shape());
        frame.run("cast", new INDArray[] {values}, new INDArray[] {wide}, Arguments.ints(DataType.DOUBLE.toInt()));
        INDArray total = frame.scratchOf(DataType.DOUBLE);
        reduce(frame, "reduce_sum", wide, total, 0);
        return Host.first(total);
    }

    private static void reduce(Frame frame, String operator, INDArray from, INDArray to, int axis) {
        frame.run(
                operator,
                new INDArray[] {from},
                new INDArray[] {to},
                Arguments.ints(axis).withFlags(false));
    }
}
