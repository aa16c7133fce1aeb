package io.vertebra.onednn.emit;

import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.natives.Arg;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.PostOps;
import io.vertebra.onednn.natives.Recipe;
import io.vertebra.onednn.natives.Recipes;
import io.vertebra.onednn.natives.Type;
import java.util.HashSet;
import java.util.Set;

/**
 * Where gradients of parameters go: into the session's arena, or aside where nobody wants them.
 *
 * <p>Units may share a parameter: the first whose backward pass is lowered writes, each other one writes aside and is added,
 * in the order of the plan.
 */
final class ParameterGradients {
    private final Lowering l;
    private final Set<String> written = new HashSet<>();

    ParameterGradients(Lowering l) {
        this.l = l;
    }

    /** A tensor in this order for a unit to write; {@link #finish} follows. */
    Operand target(String name, Desc order) {
        if (l.form().trains(name) && !written.contains(name)) {
            Operand gradient = l.weights().gradient(name);
            if (gradient.desc().same(order)) {
                return gradient;
            }
        }
        return l.temporary(order);
    }

    /** Brings a gradient that a unit has written elsewhere to its place, or adds it to what is there. */
    void finish(Unit unit, String name, Operand target) {
        if (!l.form().trains(name)) {
            return;
        }
        boolean isFirst = written.add(name);
        if (target.storage() != null) {
            Operand gradient = l.weights().gradient(name);
            if (isFirst) {
                l.reorder(target, gradient, name);
            } else {
                add(unit, name, l.convert(target, gradient.desc(), name), gradient);
            }
        }
    }

    /** Both in one order, whose padding is zero. */
    private void add(Unit unit, String name, Operand part, Operand sum) {
        Desc row = l.layout().row(sum.desc(), Type.F32);
        Recipe recipe = l.require(Recipes.add(row, row, row, PostOps.NONE), name, "add");
        Operand all = sum.as(row);
        l.call(
                l.label(unit, "backward weights", 0),
                recipe,
                Lowering.arguments(Arg.SRC, all, Arg.SRC_1, part.as(row), Arg.DST, all));
    }
}
