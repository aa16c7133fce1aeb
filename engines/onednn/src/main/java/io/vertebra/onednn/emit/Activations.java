package io.vertebra.onednn.emit;

import io.vertebra.graph.op.Activation;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.natives.Arg;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Eltwise;
import io.vertebra.onednn.natives.Recipe;
import io.vertebra.onednn.natives.Recipes;
import java.util.List;

/** Functions of each element, alone or fused into the unit before. */
final class Activations {
    private Activations() {}

    /** oneDNN's function, or {@code null} for none. */
    static Eltwise of(Activation.Function function) {
        if (function == null) {
            return null;
        }
        return switch (function) {
            case RELU -> Eltwise.RELU;
            case RELU6 -> Eltwise.RELU6;
            case LEAKY_RELU -> Eltwise.LEAKY_RELU;
            case SILU -> Eltwise.SILU;
            case SIGMOID -> Eltwise.SIGMOID;
            case TANH -> Eltwise.TANH;
            case HARD_SWISH -> Eltwise.HARD_SWISH;
            case HARD_SIGMOID -> Eltwise.HARD_SIGMOID;
            case GELU -> Eltwise.GELU;
        };
    }

    static Backward emit(Activation op, Unit unit, Lowering l) {
        Eltwise function = of(op.function());
        boolean differentiated = l.form().needsGradient(unit.output());
        Desc desc = l.layout().desc(unit.output());
        Operand x = l.value(unit.inputs().get(0), desc);
        Operand y = l.temporary(desc);
        Recipe recipe = l.require(Recipes.eltwise(differentiated, function, desc, desc), unit.name(), "activation");
        l.call(l.forward(unit), recipe, Lowering.arguments(Arg.SRC, x, Arg.DST, y));
        l.mayWorkInPlace(y, x);
        l.define(unit.output(), y);
        Operand data = function.byResult() ? y : x;
        return gradient -> List.of(backward(unit, function, gradient, data, l));
    }

    /** The gradient before a unit's fused activation; {@code result} is what the unit gave. */
    static Operand backward(Unit unit, Operand gradient, Operand result, Lowering l) {
        Eltwise function = of(unit.activation());
        return function == null ? gradient : backward(unit, function, gradient, result, l);
    }

    private static Operand backward(Unit unit, Eltwise function, Operand gradient, Operand data, Lowering l) {
        Desc desc = data.desc();
        Operand dst = l.convert(gradient, desc, unit.name());
        Operand src = l.temporary(desc);
        // as one row, padding included: where channels are padded oneDNN has only reference code for some functions
        Desc row = l.layout().row(desc, l.layout().type(unit.output()));
        Recipe hint = l.require(Recipes.eltwise(true, function, row, row), unit.name(), "activation");
        l.handles().add(hint::close);
        Recipe recipe =
                l.require(Recipes.eltwiseBackward(function, row, row, row, hint), unit.name(), "activation backward");
        Arg role = function.byResult() ? Arg.DST : Arg.SRC;
        l.call(
                l.backward(unit),
                recipe,
                Lowering.arguments(role, data.as(row), Arg.DIFF_DST, dst.as(row), Arg.DIFF_SRC, src.as(row)));
        l.mayWorkInPlace(src, dst);
        return src;
    }
}
