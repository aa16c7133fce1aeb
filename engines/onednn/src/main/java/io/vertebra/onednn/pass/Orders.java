package io.vertebra.onednn.pass;

import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.Concat;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Labelled;
import io.vertebra.graph.op.Linear;
import io.vertebra.graph.op.MapRows;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Chooses one order and one precision for each value: blocked channels on the trunk, and islands only where an operator
 * has no fast code for blocks. Operators that want something else convert for themselves.
 */
public final class Orders {
    private final Map<Integer, Order> orders = new HashMap<>();
    private final Set<Integer> single = new HashSet<>();

    private Orders() {}

    /**
     * For a program.
     *
     * @param block channels of a block; 1: the machine prefers channels last
     */
    public static Orders of(Program program, int block) {
        Orders result = new Orders();
        Set<Integer> logits = logits(program);
        Set<Integer> rows = rows(program);
        for (Unit unit : program.units()) {
            int value = unit.output();
            result.orders.put(value, order(program, unit, rows.contains(value), block));
            boolean picture = unit.node().op() instanceof Input input && input.type() == DataType.F32;
            if (logits.contains(value) || picture || program.form().shape(value).rank() == 0) {
                result.single.add(value);
            }
        }
        return result;
    }

    /**
     * What losses read and what leaves the graph as numbers of classes or boxes, with what these are cut and joined from:
     * the results of the last convolutions and linear layers.
     */
    private static Set<Integer> logits(Program program) {
        Set<Integer> logits = new HashSet<>();
        List<Unit> units = program.units();
        for (int i = units.size() - 1; i >= 0; i--) {
            Unit unit = units.get(i);
            if (program.reads(unit.output()) == 0 && (isPredictor(unit) || moves(unit))) {
                logits.add(unit.output());
            }
            if (isLoss(unit)) {
                logits.add(unit.inputs().get(0));
            } else if (logits.contains(unit.output()) && moves(unit)) {
                logits.addAll(unit.inputs());
            }
        }
        return logits;
    }

    /** Maps that are read cell by cell: what becomes rows, and logits that a loss does not enlarge for itself. */
    private static Set<Integer> rows(Program program) {
        Set<Integer> rows = new HashSet<>();
        for (Unit unit : program.units()) {
            if (unit.node().op() instanceof MapRows || (isLoss(unit) && unit.resize() == null)) {
                rows.add(unit.inputs().get(0));
            }
        }
        return rows;
    }

    /** Trunks end in a norm or activation, predictors in a bias. */
    private static boolean isPredictor(Unit unit) {
        boolean bare = unit.norm() == null && unit.activation() == null;
        return unit.node().op() instanceof Linear
                || (bare && unit.node().op() instanceof Convolution convolution && convolution.bias());
    }

    private static boolean isLoss(Unit unit) {
        return unit.node().op() instanceof Labelled || unit.node().op() instanceof BoxSmoothL1;
    }

    /** Whether an operator only puts numbers elsewhere, or mixes neighbours. */
    private static boolean moves(Unit unit) {
        return unit.node().op() instanceof Resize
                || unit.node().op() instanceof MapRows
                || (unit.node().op() instanceof Concat && unit.node().shape().rank() == 3);
    }

    private static Order order(Program program, Unit unit, boolean isRows, int block) {
        Shape shape = program.form().shape(unit.output());
        if (shape.rank() != 4 || unit.node().op() instanceof Input) {
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
        return single.contains(value);
    }
}
