package io.vertebra.cuda.emit;

import io.vertebra.graph.op.Concat;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Places in the results of concats, into which those who compute a part may write it themselves: a map's part is some channels of
 * each cell.
 */
final class Slots {
    /** What cuDNN's engines write at once. */
    private static final int ALIGNMENT = Tiles.PACK_BYTES;

    private final Lowering l;
    /** Value → the concat that alone reads it, once. */
    private final Map<Integer, Unit> concats = new LinkedHashMap<>();

    private final Map<Integer, Operand> wholes = new HashMap<>();
    private final Set<Integer> filled = new HashSet<>();

    /**
     * A place.
     *
     * @param first the whole from the part's first channel on
     * @param pitch channels of the whole
     */
    record Slot(Operand first, int pitch) {}

    Slots(Program program, Lowering l) {
        this.l = l;
        for (Unit unit : program.units()) {
            if (unit.node().op() instanceof Concat) {
                unit.inputs().stream().filter(program::isPrivate).forEach(input -> concats.put(input, unit));
            }
        }
    }

    /** The place of a value, or {@code null} where it has none: where it has other readers, another type, or lies across packs. */
    Slot find(int value) {
        Unit concat = concats.get(value);
        if (concat == null || l.shape(value).rank() != 4 || l.type(value) != l.type(concat.output())) {
            return null;
        }
        Shape whole = l.shape(concat.output());
        int first = 0;
        for (int input : concat.inputs().subList(0, concat.inputs().indexOf(value))) {
            first += l.shape(input).c();
        }
        int pack = ALIGNMENT / l.type(value).bytes();
        boolean isAligned =
                first % pack == 0 && whole.c() % pack == 0 && l.shape(value).c() % pack == 0;
        return isAligned ? new Slot(whole(concat.output()).from(first), whole.c()) : null;
    }

    /** Memory for the result of a concat. */
    Operand whole(int concat) {
        return wholes.computeIfAbsent(concat, l::like);
    }

    /** Says that a value was written into its place. */
    void fill(int value) {
        filled.add(value);
    }

    boolean isFilled(int value) {
        return filled.contains(value);
    }
}
