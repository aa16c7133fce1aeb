package io.vertebra.datasets;

import java.util.Map;

/** One row of a batch's targets, to be written by a {@link TargetEncoder}; the row begins as zeros. */
public final class Targets {

    private final Map<String, TargetArray> arrays;
    private final int row;
    private final Draw draw;

    /** The targets of one row of a batch. */
    Targets(Map<String, TargetArray> arrays, int row, Draw draw) {
        this.arrays = arrays;
        this.row = row;
        this.draw = draw;
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

    /**
     * Where the row's random choices come from: at its beginning at each call, so that one encoder draws the same whatever
     * another one has drawn. Another row, or the same sample in another epoch, draws other numbers.
     */
    public CounterRandom random() {
        return draw.random();
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
