package io.vertebra.cuda.emit;

import io.vertebra.graph.plan.Unit;

/**
 * What is zeroed at random, as the kernels take it, and what the rest is multiplied by.
 *
 * @param key eight bytes, the key of this pass, or {@code null} where nothing is dropped
 * @param below uniform numbers below this zero
 * @param factor of what stays
 */
record Drop(Operand key, float below, float factor) {
    static final Drop NONE = new Drop(null, 0, 1);

    /** Uniform numbers are multiples of this. */
    private static final double STEP = 0x1p-24;

    /** Of a unit's node. A number is below a multiple of the step if it is below the rate, which is no float. */
    static Drop of(Unit unit, double rate, Lowering l) {
        return new Drop(l.key(unit.node().index()), (float) (Math.ceil(rate / STEP) * STEP), (float) (1 / (1 - rate)));
    }

    boolean drops() {
        return key != null;
    }
}
