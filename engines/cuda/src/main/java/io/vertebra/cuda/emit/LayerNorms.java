package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.LayerNorm;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Layer norms: channels last, a cell is a row of channels. */
final class LayerNorms {
    static final String FILE = "layer_norm";
    private static final int ROWS_OF_A_GROUP = 2;

    private LayerNorms() {}

    static Backward emit(LayerNorm op, Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        Type type = l.type(unit.output());
        Shape shape = l.shape(x);
        Groups groups = new Groups(type, shape.elements() / shape.c(), shape.c(), ROWS_OF_A_GROUP);
        boolean differentiated = l.form().needsGradient(unit.output());
        Operand source = l.value(x, type);
        Operand result = l.like(unit.output());
        Operand mean = differentiated ? l.temporary(Type.F32, groups.rows()) : null;
        Operand inverse = differentiated ? l.temporary(Type.F32, groups.rows()) : null;
        String name = unit.node().name();
        l.launch(
                l.forward(unit),
                groups.kernel(FILE, "layer_norm"),
                source,
                l.weights().vector(name + ".weight"),
                l.weights().vector(name + ".bias"),
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
        String weight = unit.node().name() + ".weight";
        String bias = unit.node().name() + ".bias";
        Operand dy = l.convert(gradient, groups.type(), unit.name());
        if (l.form().trains(weight) || l.form().trains(bias)) {
            Operand toWeight = ParameterGradients.target(weight, groups.channels(), l);
            Operand toBias = ParameterGradients.target(bias, groups.channels(), l);
            parameters(unit, groups, source, mean, inverse, dy, toWeight, toBias, l);
        }
        if (!l.form().needsGradient(unit.inputs().get(0))) {
            return Collections.singletonList(null);
        }
        Operand dx = l.temporary(groups.type(), source.elements());
        l.launch(
                l.backward(unit),
                groups.kernel(FILE, "layer_norm_backward"),
                source,
                l.weights().vector(weight),
                mean,
                inverse,
                dy,
                dx,
                groups.rows(),
                groups.channels(),
                groups.lanes());
        l.mayWorkInPlace(dx, dy);
        return List.of(dx);
    }

    /** The gradients of parameters of norms of rows; {@code mean} and {@code toBias} are {@code null} together. */
    static void parameters(
            Unit unit,
            Groups groups,
            Operand source,
            Operand mean,
            Operand inverse,
            Operand dy,
            Operand toWeight,
            Operand toBias,
            Lowering l) {
        int channels = groups.channels();
        Tiles tiles = Tiles.ofSums(groups.type(), 1, groups.rows(), channels);
        Operand partials = l.temporary(Type.F32, (toBias == null ? 1L : 2L) * tiles.runs() * channels);
        List<Operand> tensors = Arrays.asList(source, mean, inverse, dy, partials);
        tiles.launch(l.backward(unit), FILE, "parameters", l, tensors);
        Columns.sumRuns(l.backward(unit), partials, tiles.runs(), 1, channels, toWeight, toBias, l);
    }
}
