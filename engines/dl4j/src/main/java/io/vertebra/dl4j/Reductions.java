package io.vertebra.dl4j;

import io.vertebra.graph.op.AnchorAverage;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sums, casts and the like into scratch. */
final class Reductions {
    private Reductions() {}

    /** Without the axes, or with extent 1 there where the target has the rank of the source. */
    static void reduce(Frame frame, String operator, INDArray from, INDArray to, int... axes) {
        frame.run(
                operator,
                new INDArray[] {from},
                new INDArray[] {to},
                Arguments.ints(axes).withFlags(to.rank() == from.rank()));
    }

    /** The sum of all elements, added up in float64. */
    static double sum(Frame frame, INDArray values) {
        INDArray total = frame.scratchOf(DataType.DOUBLE);
        reduce(frame, "reduce_sum", cast(frame, flat(values), DataType.DOUBLE), total, 0);
        return Host.first(total);
    }

    /** The elements in another type; the array itself if it has this type. */
    static INDArray cast(Frame frame, INDArray values, DataType type) {
        if (values.dataType() == type) {
            return values;
        }
        INDArray cast = frame.scratchOf(type, values.shape());
        frame.run("cast", new INDArray[] {values}, new INDArray[] {cast}, Arguments.ints(type.toInt()));
        return cast;
    }

    /** Whether a comparison of each label with a number holds. */
    static INDArray holds(Frame frame, String comparison, INDArray labels, int number) {
        INDArray other = frame.scratchOf(DataType.INT32, 1);
        Host.put(other, new int[] {number});
        INDArray flags = frame.scratchOf(DataType.BOOL, labels.shape());
        frame.run(comparison, flags, labels, other);
        return flags;
    }

    /** 1 where a comparison of a label with a number holds, else 0. */
    static INDArray flags(Frame frame, String comparison, INDArray labels, int number, DataType type) {
        return cast(frame, holds(frame, comparison, labels, number), type);
    }

    /** How many labels are above 0, at least 1. */
    static double positives(Frame frame, INDArray labels) {
        return anchors(frame, labels, AnchorAverage.POSITIVES);
    }

    /** How many labels an average is over, at least 1. */
    static double anchors(Frame frame, INDArray labels, AnchorAverage average) {
        INDArray counted = switch (average) {
            case POSITIVES -> flags(frame, "greater", labels, 0, DataType.DOUBLE);
            case VALID -> flags(frame, "not_equals", labels, HardNegativeCrossEntropy.IGNORE, DataType.DOUBLE);
        };
        return Math.max(1, sum(frame, counted));
    }

    /** A single number in float64. */
    static INDArray wide(Frame frame, double value) {
        INDArray scalar = frame.scratchOf(DataType.DOUBLE);
        Host.put(scalar, new double[] {value});
        return scalar;
    }

    /** The elements in float64. */
    static INDArray wide(Frame frame, INDArray values) {
        return cast(frame, values, DataType.DOUBLE);
    }

    /** Scratch in float64, of the shape of an array. */
    static INDArray wideLike(Frame frame, INDArray array) {
        return frame.scratchOf(DataType.DOUBLE, array.shape());
    }

    /** Writes float64 into an array of the session's type, whatever its shape. */
    static void narrow(Frame frame, INDArray wide, INDArray to) {
        frame.run("assign", to, to, Views.reshape(cast(frame, wide, frame.type()), to.shape()));
    }

    /** All elements in a row. */
    static INDArray flat(INDArray array) {
        return Views.reshape(array, array.length());
    }
}
