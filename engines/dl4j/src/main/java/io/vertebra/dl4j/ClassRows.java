package io.vertebra.dl4j;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Logits of many positions as rows, classes last: ND4J's softmax over the channels of maps is wrong in its builds with
 * oneDNN. All results are scratch of the type of the logits.
 */
final class ClassRows {
    private final Frame frame;
    private final INDArray logits;

    private ClassRows(Frame frame, INDArray logits) {
        this.frame = frame;
        this.logits = logits;
    }

    /** Of rows (..., K) or maps (N, K, H, W). */
    static ClassRows of(Frame frame, INDArray z) {
        if (z.rank() < 4) {
            long classes = z.size(z.rank() - 1);
            return new ClassRows(frame, Views.reshape(z, z.length() / classes, classes));
        }
        INDArray last = frame.scratchOf(z.dataType(), z.size(0), z.size(2), z.size(3), z.size(1));
        frame.run("assign", last, last, z.permute(0, 2, 3, 1));
        return new ClassRows(frame, Views.reshape(last, z.length() / z.size(1), z.size(1)));
    }

    /** Writes rows back in the shape of the logits that they came from. */
    static void back(Frame frame, INDArray rows, INDArray to) {
        INDArray shaped = to.rank() < 4
                ? Views.reshape(rows, to.shape())
                : Views.reshape(rows, to.size(0), to.size(2), to.size(3), to.size(1))
                        .permute(0, 3, 1, 2);
        frame.run("assign", to, to, shaped);
    }

    long positions() {
        return logits.size(0);
    }

    long classes() {
        return logits.size(1);
    }

    INDArray logits() {
        return logits;
    }

    /** An array like the logits. */
    INDArray scratch() {
        return frame.scratchOf(logits.dataType(), logits.shape());
    }

    /** A number for each position. */
    INDArray column() {
        return frame.scratchOf(logits.dataType(), positions());
    }

    /** One number a position as (positions, 1), to meet rows. */
    static INDArray upright(INDArray column) {
        return Views.reshape(column, column.length(), 1);
    }

    INDArray softmax() {
        INDArray softmax = scratch();
        frame.run("softmax", new INDArray[] {logits}, new INDArray[] {softmax}, Arguments.ints(1));
        return softmax;
    }

    /** Composed: ND4J's {@code log_softmax} is the logarithm of the softmax, −∞ from a distance of 88 on in fp32. */
    INDArray logSoftmax() {
        INDArray of = column();
        Reductions.reduce(frame, "reduce_max", logits, of, 1);
        INDArray shifted = scratch();
        frame.run("subtract", shifted, logits, upright(of));
        Reductions.reduce(frame, "reduce_logsumexp", shifted, of, 1);
        frame.run("subtract", shifted, shifted, upright(of));
        return shifted;
    }

    /** One number in the column of each position's label and another elsewhere; labels that are no column have none. */
    INDArray oneHot(INDArray labels, double on, double off) {
        INDArray hot = scratch();
        frame.run(
                "onehot",
                new INDArray[] {Reductions.flat(labels)},
                new INDArray[] {hot},
                Arguments.ints(1, Math.toIntExact(classes())).withFloats(on, off));
        return hot;
    }

    /** Sums over the classes. */
    INDArray sums(INDArray rows) {
        INDArray sums = column();
        Reductions.reduce(frame, "reduce_sum", rows, sums, 1);
        return sums;
    }

    /** The elements of the labels' columns: 0 for labels that are no column. */
    INDArray ofLabels(INDArray rows, INDArray labels) {
        INDArray hot = oneHot(labels, 1, 0);
        frame.run("multiply", hot, hot, rows);
        return sums(hot);
    }

    /** Multiplies each row by its position's number. */
    void scale(INDArray rows, INDArray column) {
        frame.run("multiply", rows, rows, upright(column));
    }

    DataType type() {
        return logits.dataType();
    }
}
