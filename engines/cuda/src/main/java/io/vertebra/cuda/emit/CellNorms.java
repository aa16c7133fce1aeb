package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.L2Norm;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import java.util.Collections;
import java.util.List;

/** Cells scaled to length 1 over their channels, then by a factor a channel. */
final class CellNorms {
    private static final String FILE = "l2_norm";

    private CellNorms() {}

    static Backward emit(L2Norm op, Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        Type type = l.type(unit.output());
        Shape shape = l.shape(x);
        Groups groups = new Groups(type, shape.elements() / shape.c(), shape.c(), 1);
        String name = unit.node().parameters().get(0).name();
        Operand source = l.value(x, type);
        Operand scale = l.weights().vector(name);
        Operand result = l.like(unit.output());
        Operand inverse = l.form().needsGradient(unit.output()) && l.form().trains(name)
                ? l.temporary(Type.F32, groups.rows())
                : null;
        l.launch(
                l.forward(unit),
                groups.kernel(FILE, "l2_norm"),
                source,
                scale,
                result,
                inverse,
                groups.rows(),
                groups.channels(),
                groups.lanes(),
                (float) op.epsilon());
        l.mayWorkInPlace(result, source);
        l.define(unit.output(), result);
        return gradient -> {
            Operand dy = l.convert(gradient, type, unit.name());
            if (inverse != null) {
                LayerNorms.parameters(
                        unit, groups, source, null, inverse, dy, l.weights().gradient(name), null, l);
            }
            if (!l.form().needsGradient(x)) {
                return Collections.singletonList(null);
            }
            Operand dx = l.temporary(type, source.elements());
            l.launch(
                    l.backward(unit),
                    groups.kernel(FILE, "l2_norm_backward"),
                    source,
                    scale,
                    dy,
                    dx,
                    groups.rows(),
                    groups.channels(),
                    groups.lanes(),
                    (float) op.epsilon());
            l.mayWorkInPlace(dx, dy);
            return List.of(dx);
        };
    }
}
