package io.vertebra.onednn.emit;

import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.kernel.DropoutKernel;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Type;
import java.util.List;

/** Dropout and drop path in training; in inference form they are gone before lowering. */
final class Dropouts {
    private Dropouts() {}

    static Backward emit(double rate, boolean wholeImages, Unit unit, Lowering l) {
        Desc desc = l.layout().desc(unit.output());
        Operand x = l.value(unit.inputs().get(0), desc);
        Operand y = l.temporary(desc);
        l.call(l.forward(unit), kernel(rate, wholeImages, unit, l), x, y);
        l.mayWorkInPlace(y, x);
        l.define(unit.output(), y);
        return gradient -> {
            Operand dst = l.convert(gradient, desc, unit.name());
            Operand src = l.temporary(desc);
            l.call(l.backward(unit), kernel(rate, wholeImages, unit, l), dst, src);
            l.mayWorkInPlace(src, dst);
            return List.of(src);
        };
    }

    private static DropoutKernel kernel(double rate, boolean wholeImages, Unit unit, Lowering l) {
        boolean half = l.layout().type(unit.output()) == Type.BF16;
        return new DropoutKernel(
                l.layout().grid(unit.output()), half, l.counter(), unit.node().index(), rate, wholeImages);
    }
}
