package io.vertebra.dl4j;

import java.util.Arrays;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * The arguments of one of ND4J's operators that are not arrays.
 *
 * @param integers in the operator's order
 * @param floats in the operator's order
 * @param flags in the operator's order
 */
@SuppressWarnings("ArrayRecordComponent") // handed on at once, compared by no one
record Arguments(int[] integers, double[] floats, boolean[] flags) {
    static final Arguments NONE = ints();

    static Arguments ints(int... integers) {
        return new Arguments(integers, new double[0], new boolean[0]);
    }

    static Arguments floats(double... floats) {
        return new Arguments(new int[0], floats, new boolean[0]);
    }

    Arguments withFloats(double... values) {
        return new Arguments(integers, values, flags);
    }

    Arguments withFlags(boolean... values) {
        return new Arguments(integers, floats, values);
    }

    void addTo(DynamicCustomOp.DynamicCustomOpsBuilder op) {
        // the varargs form of int: a single long is taken for something else and refused
        if (integers.length > 0) {
            op.addIntegerArguments(integers);
        }
        if (floats.length > 0) {
            op.addFloatingPointArguments(Arrays.stream(floats).boxed().toArray(Double[]::new));
        }
        if (flags.length > 0) {
            op.addBooleanArguments(flags);
        }
    }
}
