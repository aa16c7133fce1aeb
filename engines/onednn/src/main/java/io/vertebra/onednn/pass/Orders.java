package io.vertebra.onednn.pass;

import io.vertebra.graph.op.Concat;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.MapRows;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.pass.Singles;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Chooses one order and one precision for each value: blocked channels on the trunk, and islands only where an operator
 * has no fast code for blocks. Operators that want something else convert for themselves.
 */
public final class Orders {
    private final Map<Integer, Order> orders = new HashMap<>();
    private final Singles singles;

    private Orders(Singles singles) {
        this.singles = singles;
    }

    /**
     * For a program.
     *
     * @param block channels of a block; 1: the machine prefers channels last
     */
    public static Orders of(Program program, int block) {
        Orders result = new Orders(Singles.of(program));
        Set<Integer> rows = rows(program);
        for (Unit unit : program.units()) {
            int value = unit.output();
            result.orders.put(value, order(program, unit, rows.contains(value), block));
        }
        return result;
    }

    /** Maps that are read cell by cell: what becomes rows, and logits that a loss does not enlarge for itself. */
    private static Set<Integer> rows(Program program) {
        Set<Integer> rows = new HashSet<>();
        for (Unit unit : program.units()) {
            if (unit.node().op() instanceof MapRows || (Singles.isLoss(unit) && unit.resize() == null)) {
                rows.add(unit.inputs().get(0));
            }
        }
        return rows;
    }

    private static Order order(Program program, Unit unit, boolean isRows, int block) {
        Shape shape = program.form().shape(unit.output());
        boolean given = unit.node().op() instanceof Input;
        boolean cut = unit.node().op() instanceof RoiAlign || unit.node().op() instanceof RoiPool;
        if (shape.rank() != 4 || given || cut) {
            return Order.PLAIN;
        }
        boolean odd = unit.node().op() instanceof Concat && !isAligned(program, unit, block);
        return isRows || odd || block == 1 ? Order.NHWC : Order.BLOCKED;
    }

    /** Whether every part begins at a block. */
    private static boolean isAligned(Program program, Unit concat, int block) {
        int offset = 0;
        for (int part : concat.inputs()) {
            if (offset % block != 0) {
                return false;
            }
            offset += program.form().shape(part).c();
        }
        return true;
    }

    /** The order of a value. */
    public Order of(int value) {
        return orders.get(value);
    }

    /** Whether a value is fp32 whatever the precision: pictures as they come in, logits, losses. */
    public boolean isAlwaysSingle(int value) {
        return singles.contains(value);
    }
}
