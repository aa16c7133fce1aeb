package io.vertebra.onednn.emit;

import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.kernel.ResizeKernel;
import io.vertebra.onednn.kernel.Taps;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Type;
import java.util.List;

/** Maps at another size, in whatever order the larger one has. */
final class Resizes {
    private Resizes() {}

    static Backward emit(Resize op, Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        Desc src = l.layout().desc(x, l.layout().order(y), l.layout().type(y));
        Operand result = l.temporary(l.layout().desc(y));
        l.call(l.forward(unit), kernel(op, unit, false, l), l.value(x, src), result);
        l.define(y, result);
        return gradient -> {
            Operand toSource = l.temporary(src);
            Operand given = l.convert(gradient, l.layout().desc(y), unit.name());
            l.call(l.backward(unit), kernel(op, unit, true, l), toSource, given);
            return List.of(toSource);
        };
    }

    private static ResizeKernel kernel(Resize op, Unit unit, boolean backward, Lowering l) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        Shape in = l.shape(x);
        Shape out = l.shape(y);
        return new ResizeKernel(
                l.layout().grid(x, l.layout().order(y)),
                l.layout().grid(y),
                Taps.of(in.h(), out.h(), op),
                Taps.of(in.w(), out.w(), op),
                l.layout().type(y) == Type.BF16,
                backward);
    }
}
