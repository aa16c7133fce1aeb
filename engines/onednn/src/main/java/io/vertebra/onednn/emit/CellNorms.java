package io.vertebra.onednn.emit;

import io.vertebra.graph.op.L2Norm;
import io.vertebra.graph.op.LocalResponseNorm;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.kernel.L2NormKernel;
import io.vertebra.onednn.kernel.LocalResponseKernel;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Norms over the channels of each cell, in the order in which the map lies. */
final class CellNorms {
    private CellNorms() {}

    static Backward emit(L2Norm op, Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        Desc desc = l.layout().desc(y);
        String name = unit.node().parameters().get(0).name();
        Operand source = l.value(x, desc);
        Operand scale = l.weights().vector(name);
        Operand result = l.temporary(desc);
        l.call(l.forward(unit), kernel(op, y, false, l), source, scale, result);
        l.mayWorkInPlace(result, source);
        l.define(y, result);
        return gradient -> {
            Operand given = l.convert(gradient, desc, unit.name());
            Operand toScale = l.parameterGradients()
                    .target(name, l.layout().vector(l.shape(x).c()));
            List<Operand> operands = new ArrayList<>(List.of(source, scale, given, toScale));
            Operand toSource = l.form().needsGradient(x) ? l.temporary(desc) : null;
            if (toSource != null) {
                operands.add(toSource);
            }
            l.call(l.backward(unit), kernel(op, y, true, l), operands.toArray(Operand[]::new));
            l.parameterGradients().finish(unit, name, toScale);
            return Collections.singletonList(toSource);
        };
    }

    private static L2NormKernel kernel(L2Norm op, int y, boolean backward, Lowering l) {
        return new L2NormKernel(l.layout().grid(y), l.layout().type(y) == Type.BF16, op.epsilon(), backward);
    }

    static Backward emit(LocalResponseNorm op, Unit unit, Lowering l) {
        int y = unit.output();
        Desc desc = l.layout().desc(y);
        Operand source = l.value(unit.inputs().get(0), desc);
        Operand result = l.temporary(desc);
        l.call(l.forward(unit), kernel(op, y, false, l), source, result);
        l.mayWorkInPlace(result, source);
        l.define(y, result);
        return gradient -> {
            Operand given = l.convert(gradient, desc, unit.name());
            Operand toSource = l.temporary(desc);
            l.call(l.backward(unit), kernel(op, y, true, l), source, given, toSource);
            l.mayWorkInPlace(toSource, given);
            return List.of(toSource);
        };
    }

    private static LocalResponseKernel kernel(LocalResponseNorm op, int y, boolean backward, Lowering l) {
        return new LocalResponseKernel(l.layout().grid(y), l.layout().type(y) == Type.BF16, op, backward);
    }
}
