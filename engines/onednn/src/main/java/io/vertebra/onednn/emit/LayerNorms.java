package io.vertebra.onednn.emit;

import io.vertebra.graph.op.LayerNorm;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.kernel.LayerNormBackwardKernel;
import io.vertebra.onednn.kernel.LayerNormKernel;
import io.vertebra.onednn.natives.Arg;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.NormRecipes;
import io.vertebra.onednn.natives.Recipe;
import io.vertebra.onednn.natives.Tag;
import io.vertebra.onednn.natives.Type;
import io.vertebra.onednn.pass.Order;
import java.util.List;

/**
 * Layer norms: by hand where channels lie in blocks in fp32, else by oneDNN, which knows rows of channels only.
 *
 * <p>96 channels of 56x56, batch 8, one thread, forward and backward: 4.0 ms by hand and 4.4 with oneDNN's four reorders in
 * fp32, 3.8 and 2.3 in bf16, which Java has to widen and round.
 */
final class LayerNorms {
    private final LayerNorm op;
    private final Unit unit;
    private final Lowering l;
    private final int x;
    private final int y;
    private final Shape shape;
    private final String scaleName;
    private final String shiftName;

    private LayerNorms(LayerNorm op, Unit unit, Lowering l) {
        this.op = op;
        this.unit = unit;
        this.l = l;
        this.x = unit.inputs().get(0);
        this.y = unit.output();
        this.shape = l.shape(x);
        this.scaleName = unit.node().parameter("weight");
        this.shiftName = unit.node().parameter("bias");
    }

    static Backward emit(LayerNorm op, Unit unit, Lowering l) {
        LayerNorms norms = new LayerNorms(op, unit, l);
        Tag tag = l.layout().tag(l.layout().order(unit.output()));
        boolean inBlocks = tag == Tag.BLOCKED_16 || tag == Tag.BLOCKED_8;
        return inBlocks && l.layout().type(unit.output()) == Type.F32 ? norms.blocks() : norms.rows();
    }

    private Operand scale() {
        return l.weights().vector(scaleName);
    }

    private Operand shift() {
        return l.weights().vector(shiftName);
    }

    private Operand target(String name) {
        return l.parameterGradients().target(name, l.layout().vector(shape.c()));
    }

    private void finish(Operand toScale, Operand toShift) {
        l.parameterGradients().finish(unit, scaleName, toScale);
        l.parameterGradients().finish(unit, shiftName, toShift);
    }

    private Backward blocks() {
        Desc desc = l.layout().desc(y);
        Operand source = l.value(x, desc);
        Operand result = l.temporary(desc);
        Operand statistics = l.temporary(l.layout().vector(2 * shape.elements() / shape.c()));
        l.call(
                l.forward(unit),
                new LayerNormKernel(l.layout().grid(y), op.epsilon()),
                source,
                scale(),
                shift(),
                result,
                statistics);
        l.mayWorkInPlace(result, source);
        l.define(y, result);
        return gradient -> {
            Operand given = l.convert(gradient, desc, unit.name());
            Operand toSource = l.temporary(desc);
            Operand toScale = target(scaleName);
            Operand toShift = target(shiftName);
            LayerNormBackwardKernel kernel =
                    new LayerNormBackwardKernel(l.layout().grid(y));
            l.call(l.backward(unit), kernel, source, scale(), statistics, given, toScale, toShift, toSource);
            l.mayWorkInPlace(toSource, given);
            finish(toScale, toShift);
            return List.of(toSource);
        };
    }

    private Backward rows() {
        Type type = l.layout().type(y);
        Desc map = l.layout().desc(x, shape.rank() == 4 ? Order.NHWC : Order.PLAIN, type);
        long cells = shape.elements() / shape.c();
        Desc rows = l.layout().desc(type, Tag.PLAIN, cells, shape.c());
        Desc perCell = l.layout().vector(cells);
        boolean differentiated = l.form().needsGradient(y);
        Recipe forward = Choice.of(
                unit.name(),
                "layer_norm",
                shape.elements(),
                List.of(() -> NormRecipes.layer(differentiated, rows, rows, perCell, op.epsilon())));
        Operand source = l.value(x, map).as(rows);
        Operand result = l.temporary(rows);
        Operand mean = differentiated ? l.temporary(perCell) : null;
        Operand variance = differentiated ? l.temporary(perCell) : null;
        l.call(
                l.forward(unit),
                forward,
                Lowering.arguments(
                        Arg.SRC, source,
                        Arg.DST, result,
                        Arg.SCALE, scale(),
                        Arg.SHIFT, shift(),
                        Arg.MEAN, mean,
                        Arg.VARIANCE, variance));
        l.define(y, result.as(map));
        return gradient -> {
            Recipe backward = Choice.of(
                    unit.name(),
                    "layer_norm backward",
                    shape.elements(),
                    List.of(() -> NormRecipes.layerBackward(rows, perCell, op.epsilon(), forward)));
            Operand toSource = l.temporary(rows);
            Operand toScale = target(scaleName);
            Operand toShift = target(shiftName);
            l.call(
                    l.backward(unit),
                    backward,
                    Lowering.arguments(
                            Arg.SRC,
                            source,
                            Arg.MEAN,
                            mean,
                            Arg.VARIANCE,
                            variance,
                            Arg.DIFF_DST,
                            l.convert(gradient, map, unit.name()).as(rows),
                            Arg.SCALE,
                            scale(),
                            Arg.DIFF_SRC,
                            toSource,
                            Arg.DIFF_SCALE,
                            toScale,
                            Arg.DIFF_SHIFT,
                            toShift));
            finish(toScale, toShift);
            return List.of(toSource.as(map));
        };
    }
}
