package io.vertebra.cuda.emit;

import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Concat;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Places in the results of concats, into which those who compute a part may write it themselves: a map's part is some channels of
 * each cell. A concat may be a part of another one.
 */
final class Slots {
    /** What cuDNN's engines write at once, and kernels read. */
    private static final int ALIGNMENT = Tiles.PACK_BYTES;

    private final Program program;
    private final Lowering l;
    /** Value → the concat that reads it, once, while no other reader minds gaps between cells. */
    private final Map<Integer, Unit> concats = new LinkedHashMap<>();

    /** Where concats, and what is written into them, lie. */
    private final Map<Integer, Slot> places = new HashMap<>();

    private final Set<Integer> filled = new HashSet<>();

    /**
     * A map whose cells may be a part of larger ones.
     *
     * @param first from its first channel on
     * @param pitch channels from a cell to the next
     */
    record Slot(Operand first, int pitch) {}

    Slots(Program program, Lowering l) {
        this.program = program;
        this.l = l;
        Map<Integer, List<Unit>> readers = new HashMap<>();
        for (Unit unit : program.units()) {
            unit.reads()
                    .forEach(v ->
                            readers.computeIfAbsent(v, n -> new ArrayList<>()).add(unit));
        }
        readers.forEach((value, units) -> {
            List<Unit> joining =
                    units.stream().filter(u -> u.node().op() instanceof Concat).toList();
            boolean isFree = !program.outputs().containsValue(value)
                    && units.stream().filter(u -> !joining.contains(u)).allMatch(u -> takesGaps(u, value));
            if (joining.size() == 1 && isFree) {
                concats.put(value, joining.get(0));
            }
        });
    }

    /** Norms whose statistics are given read a part of a map's cells. */
    private boolean takesGaps(Unit unit, int value) {
        return unit.node().op() instanceof BatchNorm norm
                && program.form().usesRunningStatistics(norm)
                && unit.addend() == Unit.NONE
                && !program.form().needsGradient(unit.output())
                && l.type(unit.output()) == l.type(value);
    }

    /** The place of a value, or {@code null} where it has none: where it has other readers, another type, or lies across packs. */
    Slot find(int value) {
        Unit concat = concats.get(value);
        if (concat == null || l.shape(value).rank() != 4 || l.type(value) != l.type(concat.output())) {
            return null;
        }
        Slot whole = whole(concat.output());
        int first = 0;
        for (int input : concat.inputs().subList(0, concat.inputs().indexOf(value))) {
            first += l.shape(input).c();
        }
        int pack = ALIGNMENT / l.type(value).bytes();
        boolean isAligned =
                first % pack == 0 && whole.pitch() % pack == 0 && l.shape(value).c() % pack == 0;
        return isAligned ? new Slot(whole.first().from(first), whole.pitch()) : null;
    }

    /** Where the result of a concat goes: its own memory, or its place in another. */
    Slot whole(int concat) {
        Slot known = places.get(concat);
        if (known == null) {
            known = find(concat);
            if (known == null) {
                known = new Slot(l.like(concat), Joins.columns(l.shape(concat)));
            } else {
                fill(concat, known);
            }
            places.put(concat, known);
        }
        return known;
    }

    /** From a cell of a value to the next; that of a value without gaps is the number of its channels. */
    int pitch(int value) {
        Slot place = places.get(value);
        return place == null ? l.shape(value).c() : place.pitch();
    }

    /** Says that a value is written into its place, that of {@link #find}. */
    void fill(int value, Slot place) {
        places.put(value, place);
        filled.add(value);
    }

    boolean isFilled(int value) {
        return filled.contains(value);
    }
}
