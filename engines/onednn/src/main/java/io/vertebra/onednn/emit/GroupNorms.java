package io.vertebra.onednn.emit;

import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.kernel.GroupNormKernel;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Group norms, in the order in which the map lies; oneDNN's own code knows no blocks. */
final class GroupNorms {
    private GroupNorms() {}

    static Backward emit(GroupNorm op, Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        Desc desc = l.layout().desc(y);
        String scaleName = unit.node().parameter("weight");
        String shiftName = unit.node().parameter("bias");
        Operand source = l.value(x, desc);
        Operand scale = l.weights().vector(scaleName);
        Operand statistics = l.temporary(l.layout().vector(2L * l.shape(x).n() * op.groups()));
        Operand result = l.temporary(desc);
        l.call(
                l.forward(unit),
                kernel(op, y, false, l),
                source,
                scale,
                l.weights().vector(shiftName),
                result,
                statistics);
        l.define(y, result);
        return gradient -> {
            Desc channels = l.layout().vector(l.shape(x).c());
            Operand toScale = l.parameterGradients().target(scaleName, channels);
            Operand toShift = l.parameterGradients().target(shiftName, channels);
            Operand given = l.convert(gradient, desc, unit.name());
            List<Operand> operands = new ArrayList<>(List.of(source, scale, statistics, given, toScale, toShift));
            Operand toSource = l.form().needsGradient(x) ? l.temporary(desc) : null;
            if (toSource != null) {
                operands.add(toSource);
            }
            l.call(l.backward(unit), kernel(op, y, true, l), operands.toArray(Operand[]::new));
            l.parameterGradients().finish(unit, scaleName, toScale);
            l.parameterGradients().finish(unit, shiftName, toShift);
            return Arrays.asList(toSource);
        };
    }

    private static GroupNormKernel kernel(GroupNorm op, int y, boolean backward, Lowering l) {
        return new GroupNormKernel(
                l.layout().grid(y), op.groups(), l.layout().type(y) == Type.BF16, op.epsilon(), backward);
    }
}
