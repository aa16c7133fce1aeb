package io.vertebra.datasets;

import java.util.Map;

/** One row of a batch's targets, to be written by a {@link TargetEncoder}; the row begins as zeros. */
public final class Targets {

    private final Map<String, TargetArray> arrays;
    private final int row;

    /** The targets of one row of a batch. */
    Targets(Map<String, TargetArray> arrays, int row) {
        this.arrays = arrays;
        this.row = row;
    }

    /** The whole numbers of a target for the whole batch; the row's own begin at {@link #offset}. */
    public int[] ints(String name) {
        return array(name).ints();
    }

    /** The floating point numbers of a target for the whole batch; the row's own begin at {@link #offset}. */
    public float[] floats(String name) {
        return array(name).floats();
    }

    /** Where the row begins in the array of a target. */
    public int offset(String name) {
        return row * array(name).rowLength();
    }

    private TargetArray array(String name) {
        TargetArray array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException(
                    "target: the encoder writes %s, but announced %s".formatted(name, arrays.keySet()));
        }
        return array;
    }
}
