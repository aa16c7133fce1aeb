package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Functions;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Call.Label;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.ScaledAdd;
import io.vertebra.graph.plan.Unit;
import java.util.Arrays;
import java.util.List;

/** Sums of two tensors, of values and of gradients. */
final class Adds {
    private Adds() {}

    static Backward emit(Unit unit, Lowering l) {
        Type type = l.type(unit.output());
        Operand a = l.value(unit.inputs().get(0), type);
        Operand b = l.value(unit.inputs().get(1), type);
        Operand sum = l.like(unit.output());
        sum(l.forward(unit), a, b, unit.activation(), sum, l);
        l.define(unit.output(), sum);
        return gradient -> {
            Operand before = Activations.backward(unit, gradient, sum, l);
            return List.of(before, before);
        };
    }

    static Backward scaled(ScaledAdd op, Unit unit, Lowering l) {
        int a = unit.inputs().get(0);
        int b = unit.inputs().get(1);
        float factor = (float) op.factor();
        Type type = l.type(unit.output());
        Operand left = l.value(a, type);
        Operand right = l.value(b, type);
        Operand sum = l.like(unit.output());
        Kernel kernel = Activations.pointwise("scaled_add", type, sum.elements());
        int function = Functions.number(unit.activation());
        l.launch(l.forward(unit), kernel, left, factor, right, sum, sum.elements(), function);
        l.mayWorkInPlace(sum, left);
        l.mayWorkInPlace(sum, right);
        l.define(unit.output(), sum);
        return gradient -> {
            Operand before = l.convert(Activations.backward(unit, gradient, sum, l), type, unit.name());
            return Arrays.asList(
                    l.form().needsGradient(a) ? before : null,
                    l.form().needsGradient(b) ? product(unit, before, factor, l) : null);
        };
    }

    private static Operand product(Unit unit, Operand x, float factor, Lowering l) {
        Operand result = l.temporary(x.type(), x.elements());
        Kernel kernel = Activations.pointwise("scale", x.type(), x.elements());
        l.launch(l.backward(unit), kernel, x, l.constant(factor), result, x.elements());
        return result;
    }

    /** The sum of two gradients, when it is wanted; where one is not there yet, it may take the other as it is computed. */
    static Operand gradient(Label label, Operand a, Operand b, Lowering l) {
        return l.deferrals().defer(a.type(), a.elements(), Parts.sum(a, b), sum -> {
            if (l.deferrals().adding(a) != null) {
                l.deferrals().adding(a).accept(sum, b);
            } else if (l.deferrals().adding(b) != null) {
                l.deferrals().adding(b).accept(sum, a);
            } else {
                sum(label, a, b, null, sum, l);
            }
        });
    }

    /** {@code function(a + b)}, perhaps over one of them; they have one type, and the function may be {@code null}. */
    private static void sum(Label label, Operand a, Operand b, Activation.Function function, Operand sum, Lowering l) {
        Kernel kernel = Activations.pointwise("add", a.type(), a.elements());
        l.launch(label, kernel, a, b, sum, a.elements(), Functions.number(function));
        l.mayWorkInPlace(sum, a);
        l.mayWorkInPlace(sum, b);
    }
}
