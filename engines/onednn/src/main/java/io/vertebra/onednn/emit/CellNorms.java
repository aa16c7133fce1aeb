package io.vertebra.onednn.emit;

import io.vertebra.graph.op.L2Norm;
import io.vertebra.graph.op.LayerNorm;
import io.vertebra.graph.op.Shape;
import io.vertebra.onednn.kernel.L2NormKernel;
import io.vertebra.onednn.natives.Arg;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.NormRecipes;
import io.vertebra.onednn.natives.Recipe;
import io.vertebra.onednn.natives.Tag;
import io.vertebra.onednn.natives.Type;
import io.vertebra.onednn.plan.Order;
import io.vertebra.onednn.plan.Unit;
import java.util.Collections;
import java.util.List;

/** Norms over the channels of each cell. */
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

    /** Rows of channels, whatever the trunk's order: oneDNN has no code for blocks. */
    static Backward emit(LayerNorm op, Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        Shape shape = l.shape(x);
        int channels = shape.c();
        long cells = shape.elements() / channels;
        Type type = l.type(y);
        Desc map = l.desc(x, shape.rank() == 4 ? Order.NHWC : Order.PLAIN, type);
        Desc rows = l.desc(type, Tag.PLAIN, cells, channels);
        Desc vector = l.vector(channels);
        Desc perCell = l.vector(cells);
        String name = unit.node().name();
        boolean differentiated = l.form().needsGradient(y);

        Recipe forward = Choice.of(
                name,
                "layer_norm",
                shape.elements(),
                List.of(() -> NormRecipes.layer(differentiated, rows, rows, perCell, op.epsilon())));
        Operand source = l.value(x, map).as(rows);
        Operand result = l.temporary(rows);
        Operand scale = l.weights().vector(name + ".weight");
        Operand mean = differentiated ? l.temporary(perCell) : null;
        Operand variance = differentiated ? l.temporary(perCell) : null;
        l.call(
                l.forward(unit),
                forward,
                Lowering.arguments(
                        Arg.SRC, source,
                        Arg.DST, result,
                        Arg.SCALE, scale,
                        Arg.SHIFT, l.weights().vector(name + ".bias"),
                        Arg.MEAN, mean,
                        Arg.VARIANCE, variance));
        l.define(y, result.as(map));
        return gradient -> {
            Recipe backward = Choice.of(
                    name,
                    "layer_norm backward",
                    shape.elements(),
                    List.of(() -> NormRecipes.layerBackward(rows, perCell, op.epsilon(), forward)));
            Operand given = l.convert(gradient, map, unit.name()).as(rows);
            Operand toSource = l.temporary(rows);
            l.call(
                    l.backward(unit),
                    backward,
                    Lowering.arguments(
                            Arg.SRC, source,
                            Arg.MEAN, mean,
                            Arg.VARIANCE, variance,
                            Arg.DIFF_DST, given,
                            Arg.SCALE, scale,
                            Arg.DIFF_SRC, toSource,
                            Arg.DIFF_SCALE, ParameterGradients.target(name + ".weight", vector, l),
                            Arg.DIFF_SHIFT, ParameterGradients.target(name + ".bias", vector, l)));
            return List.of(toSource.as(map));
        };
    }

    private static L2NormKernel kernel(L2Norm op, int y, boolean backward, Lowering l) {
        return new L2NormKernel(l.grid(y), l.type(y) == Type.BF16, op.epsilon(), backward);
    }
}
