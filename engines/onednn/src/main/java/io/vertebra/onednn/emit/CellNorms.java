package io.vertebra.onednn.emit;

import io.vertebra.graph.op.L2Norm;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.kernel.L2NormKernel;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Type;
import java.util.Collections;
import java.util.List;

/** Norms over the channels of each cell, in the order in which the map lies. */
final class CellNorms {
    private CellNorms() {}

    static Backward emit(L2Norm op, Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        Desc desc = l.desc(y);
        String name = unit.node().parameters().get(0).name();
        Operand source = l.value(x, desc);
        Operand scale = l.weights().vector(name);
        Operand result = l.temporary(desc);
        l.call(l.forward(unit), kernel(op, y, false, l), source, scale, result);
        l.mayWorkInPlace(result, source);
        l.define(y, result);
        return gradient -> {
            Operand given = l.convert(gradient, desc, unit.name());
            Operand toScale =
                    ParameterGradients.target(name, l.vector(l.shape(x).c()), l);
            if (!l.form().needsGradient(x)) {
                l.call(l.backward(unit), kernel(op, y, true, l), source, scale, given, toScale);
                return Collections.singletonList(null);
            }
            Operand toSource = l.temporary(desc);
            l.call(l.backward(unit), kernel(op, y, true, l), source, scale, given, toScale, toSource);
            return List.of(toSource);
        };
    }

    private static L2NormKernel kernel(L2Norm op, int y, boolean backward, Lowering l) {
        return new L2NormKernel(l.grid(y), l.type(y) == Type.BF16, op.epsilon(), backward);
    }
}
