package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.LayerNorm;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import java.util.Collections;
import java.util.List;

/** Layer norms: channels last, a cell is a row of channels. */
final class LayerNorms {
    private static final String FILE = "layer_norm";

    private LayerNorms() {}

    static Backward emit(LayerNorm op, Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        Type type = l.type(unit.output());
        Shape shape = l.shape(x);
        Groups groups = Groups.of(type, shape.elements() / shape.c(), shape.c(), 2, 3);
        boolean differentiated = l.form().needsGradient(unit.output());
        Operand source = l.value(x, type);
        Operand result = l.like(unit.output());
        Operand mean = differentiated ? l.temporary(Type.F32, groups.rows()) : null;
        Operand inverse = differentiated ? l.temporary(Type.F32, groups.rows()) : null;
        String weight = unit.node().parameter("weight");
        String bias = unit.node().parameter("bias");
        l.launch(
                l.forward(unit),
                groups.kernel(FILE, "layer_norm"),
                source,
                l.weights().vector(weight),
                l.weights().vector(bias),
                result,
                mean,
                inverse,
                groups.rows(),
                groups.channels(),
                groups.lanes(),
                (float) op.epsilon());
        l.mayWorkInPlace(result, source);
        l.define(unit.output(), result);
        return gradient -> backward(unit, groups, source, mean, inverse, gradient, l);
    }

    private static List<Operand> backward(
            Unit unit, Groups groups, Operand source, Operand mean, Operand inverse, Operand gradient, Lowering l) {
        String weight = unit.node().parameter("weight");
        String bias = unit.node().parameter("bias");
        boolean trains = l.form().trains(weight) || l.form().trains(bias);
        boolean differentiates = l.form().needsGradient(unit.inputs().get(0));
        Operand dy = l.convert(gradient, groups.type(), unit.name());
        Operand dx = differentiates ? l.temporary(groups.type(), source.elements()) : null;
        Operand partials = trains ? groups.partials(2, l) : null;
        l.launch(
                l.backward(unit),
                groups.kernel(FILE, "layer_norm_backward"),
                source,
                l.weights().vector(weight),
                mean,
                inverse,
                dy,
                dx,
                partials,
                groups.rows(),
                groups.channels(),
                groups.lanes());
        if (differentiates) {
            l.mayWorkInPlace(dx, dy);
        }
        if (trains) {
            Operand toWeight = l.gradients().target(weight);
            Operand toBias = l.gradients().target(bias);
            int channels = groups.channels();
            Columns.sumRuns(l.backward(unit), partials, groups.blocks(), 1, channels, toWeight, channels, toBias, l);
        }
        return Collections.singletonList(dx);
    }
}
