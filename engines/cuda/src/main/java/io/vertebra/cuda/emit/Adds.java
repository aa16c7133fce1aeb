package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Call.Label;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.plan.Unit;
import java.util.List;

/** Sums of two tensors, of values and of gradients. */
final class Adds {
    private Adds() {}

    static Backward emit(Unit unit, Lowering l) {
        Type type = l.type(unit.output());
        Operand a = l.value(unit.inputs().get(0), type);
        Operand b = l.value(unit.inputs().get(1), type);
        Operand sum = sum(l.forward(unit), a, b, unit.activation(), l);
        l.define(unit.output(), sum);
        return gradient -> {
            Operand before = Activations.backward(unit, gradient, sum, l);
            return List.of(before, before);
        };
    }

    /** {@code function(a + b)}, perhaps over one of them; they have one type, and the function may be {@code null}. */
    static Operand sum(Label label, Operand a, Operand b, Activation.Function function, Lowering l) {
        Operand sum = l.temporary(a.type(), a.elements());
        Kernel kernel = Activations.pointwise("add", a.type(), a.elements());
        l.launch(label, kernel, a, b, sum, a.elements(), Activations.number(function));
        l.mayWorkInPlace(sum, a);
        l.mayWorkInPlace(sum, b);
        return sum;
    }
}
