package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.L2Norm;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import java.util.Collections;

/** Cells scaled to length 1 over their channels, then by a factor a channel. */
final class CellNorms {
    private static final String FILE = "l2_norm";

    private CellNorms() {}

    static Backward emit(L2Norm op, Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        Type type = l.type(unit.output());
        Shape shape = l.shape(x);
        Groups groups = Groups.of(type, shape.elements() / shape.c(), shape.c(), 2);
        String name = unit.node().parameters().get(0).name();
        Operand source = l.value(x, type);
        Operand scale = l.weights().vector(name);
        Operand result = l.like(unit.output());
        l.launch(
                l.forward(unit),
                groups.kernel(FILE, "l2_norm"),
                source,
                scale,
                result,
                groups.rows(),
                groups.channels(),
                groups.lanes(),
                (float) op.epsilon());
        l.mayWorkInPlace(result, source);
        l.define(unit.output(), result);
        return gradient -> {
            Operand dy = l.convert(gradient, type, unit.name());
            boolean trains = l.form().trains(name);
            boolean differentiates = l.form().needsGradient(x);
            Operand dx = differentiates ? l.temporary(type, source.elements()) : null;
            Operand partials = trains ? groups.partials(1, l) : null;
            l.launch(
                    l.backward(unit),
                    groups.kernel(FILE, "l2_norm_backward"),
                    source,
                    scale,
                    dy,
                    dx,
                    partials,
                    groups.rows(),
                    groups.channels(),
                    groups.lanes(),
                    (float) op.epsilon());
            if (differentiates) {
                l.mayWorkInPlace(dx, dy);
            }
            if (trains) {
                Operand target = l.gradients().target(name);
                Columns.sumRuns(l.backward(unit), partials, groups.blocks(), 1, groups.channels(), target, l);
            }
            return Collections.singletonList(dx);
        };
    }
}
