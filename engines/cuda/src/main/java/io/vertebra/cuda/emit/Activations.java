package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Functions;
import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.plan.Unit;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Functions of each element, alone or fused into the unit before. */
final class Activations {
    /** Those whose slope the result does not tell. */
    private static final Set<Activation.Function> BY_ARGUMENT = EnumSet.of(
            Activation.Function.SILU,
            Activation.Function.HARD_SWISH,
            Activation.Function.HARD_SIGMOID,
            Activation.Function.GELU);

    private Activations() {}

    /** A kernel of {@code pointwise.cu} over all elements, a pack for each thread. */
    static Kernel pointwise(String function, Type type, long elements) {
        int each = Tiles.elements(type);
        return new Kernel("pointwise", function, type, Grid.over((elements + each - 1) / each));
    }

    static Backward emit(Activation op, Unit unit, Lowering l) {
        Operand x = l.value(unit.inputs().get(0), l.type(unit.output()));
        Operand y = l.like(unit.output());
        apply(unit, op.function(), x, y, l);
        l.mayWorkInPlace(y, x);
        l.define(unit.output(), y);
        Operand data = BY_ARGUMENT.contains(op.function()) ? x : y;
        int columns = Columns.wanted(unit.inputs().get(0), l);
        return gradient -> List.of(backward(unit, op.function(), gradient, data, columns, l));
    }

    /** Whether the gradient of a unit's fused activation wants what the operator gave before it. */
    static boolean keepsArgument(Unit unit, Lowering l) {
        return unit.activation() != null
                && BY_ARGUMENT.contains(unit.activation())
                && l.form().needsGradient(unit.output());
    }

    /** Applies a unit's fused activation to what its operator gave, which stays as it is. */
    static Operand behind(Unit unit, Operand argument, Lowering l) {
        Operand result = l.temporary(argument.type(), argument.elements());
        apply(unit, unit.activation(), argument, result, l);
        return result;
    }

    /** Applies a unit's fused activation, if it has one, to what its operator gave. */
    static void inPlace(Unit unit, Operand result, Lowering l) {
        if (unit.activation() != null) {
            apply(unit, unit.activation(), result, result, l);
        }
    }

    private static void apply(Unit unit, Activation.Function function, Operand x, Operand y, Lowering l) {
        Kernel kernel = pointwise("activate", y.type(), y.elements());
        l.launch(l.forward(unit), kernel, x, y, y.elements(), Functions.number(function));
    }

    /** The gradient before a unit's fused activation; {@code data} is the function's argument if it is kept, else what the unit gave. */
    static Operand backward(Unit unit, Operand gradient, Operand data, Lowering l) {
        return unit.activation() == null
                ? gradient
                : backward(unit, unit.activation(), gradient, data, Columns.wanted(unit, l), l);
    }

    /** {@code columns}: of the rows that are added up on the way, or 0. */
    private static Operand backward(
            Unit unit, Activation.Function function, Operand gradient, Operand data, int columns, Lowering l) {
        Operand given = l.convert(gradient, data.type(), unit.name());
        Operand before = l.temporary(data.type(), data.elements());
        if (columns == 0) {
            Kernel kernel = pointwise("activate_backward", data.type(), data.elements());
            l.launch(l.backward(unit), kernel, data, given, before, data.elements(), Functions.number(function));
        } else {
            Tiles tiles = Tiles.ofSums(data.type(), 1, data.elements() / columns, columns);
            Operand sums = l.temporary(Type.F32, (long) tiles.runs() * columns);
            List<Operand> tensors = List.of(data, given, before, sums);
            tiles.launch(l.backward(unit), Columns.FILE, "activate_backward", l, tensors, Functions.number(function));
            l.partials(before, new Columns.Partials(sums, tiles.runs()));
        }
        l.mayWorkInPlace(before, given);
        return before;
    }
}
