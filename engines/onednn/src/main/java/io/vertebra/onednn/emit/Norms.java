package io.vertebra.onednn.emit;

import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.kernel.RunningStatisticsKernel;
import io.vertebra.onednn.natives.Arg;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.NormRecipes;
import io.vertebra.onednn.natives.Recipe;
import io.vertebra.onednn.natives.Tag;
import io.vertebra.onednn.pass.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Batch norms that stand alone, with the ReLU behind them. */
final class Norms {
    private final BatchNorm op;
    private final Lowering l;
    private final Unit unit;
    private final int x;
    private final int y;
    private final boolean given;
    private final boolean relu;
    private final String name;
    private final String scale;
    private final String shift;

    private Norms(BatchNorm op, Unit unit, Lowering l) {
        this.op = op;
        this.l = l;
        this.unit = unit;
        this.x = unit.inputs().get(0);
        this.y = unit.output();
        this.given = l.form().usesRunningStatistics(op);
        this.relu = unit.activation() != null;
        this.name = unit.node().name();
        this.scale = unit.node().parameter("weight");
        this.shift = unit.node().parameter("bias");
    }

    static Backward emit(BatchNorm op, Unit unit, Lowering l) {
        return new Norms(op, unit, l).emit();
    }

    /** Orders to try; a vector is a map of one pixel. */
    private List<Desc> descs() {
        Shape s = l.shape(x);
        if (s.rank() == 2) {
            return List.of(l.layout().desc(l.layout().type(y), Tag.NHWC, s.n(), s.c(), 1, 1));
        }
        List<Desc> descs = new ArrayList<>(List.of(l.layout().desc(y)));
        for (Order order : List.of(Order.NHWC, Order.PLAIN)) {
            descs.add(l.layout().desc(y, order, l.compute()));
        }
        return descs;
    }

    private Backward emit() {
        boolean differentiated = l.form().needsGradient(y);
        boolean training = differentiated || !given;
        List<Supplier<Recipe>> ways = new ArrayList<>();
        for (Desc d : descs()) {
            ways.add(() -> NormRecipes.batch(training, d, d, op.epsilon(), given, relu));
        }
        Recipe recipe = Choice.of(name, "batch_norm", l.shape(x).elements(), ways);
        Desc desc = recipe.src();
        Operand source = source(desc);
        Operand result = l.temporary(desc);
        Desc channels = l.layout().vector(l.shape(x).c());
        Operand mean = given ? l.weights().vector(unit.node().parameter("running_mean")) : l.temporary(channels);
        Operand variance = given ? l.weights().vector(unit.node().parameter("running_var")) : l.temporary(channels);
        Operand mask = training && relu ? l.temporary(recipe.workspace()) : null;
        l.call(
                l.forward(unit),
                recipe,
                Lowering.arguments(
                        Arg.SRC, source,
                        Arg.DST, result,
                        Arg.SCALE, l.weights().vector(scale),
                        Arg.SHIFT, l.weights().vector(shift),
                        Arg.MEAN, mean,
                        Arg.VARIANCE, variance,
                        Arg.WORKSPACE, mask));
        l.mayWorkInPlace(result, source);
        l.define(y, l.shape(x).rank() == 2 ? result.as(l.layout().desc(y)) : result);
        if (!given && l.movesStatistics()) {
            moveStatistics(mean, variance);
        }
        return gradient -> backward(gradient, recipe, source, mean, variance, mask);
    }

    private Operand source(Desc desc) {
        return l.shape(x).rank() == 2
                ? l.value(x, l.layout().desc(x, Order.PLAIN, l.layout().type(y)))
                        .as(desc)
                : l.value(x, desc);
    }

    private void moveStatistics(Operand mean, Operand variance) {
        int channels = l.shape(x).c();
        l.call(
                l.label(unit, "forward", 0),
                new RunningStatisticsKernel(channels, op.momentum(), l.shape(x).elements() / channels),
                mean,
                variance,
                l.weights().vector(unit.node().parameter("running_mean")),
                l.weights().vector(unit.node().parameter("running_var")));
    }

    private List<Operand> backward(
            Operand gradient, Recipe forward, Operand source, Operand mean, Operand variance, Operand mask) {
        Desc desc = forward.src();
        boolean isVector = l.shape(x).rank() == 2;
        Operand dst = isVector
                ? l.convert(gradient, l.layout().desc(y), unit.name()).as(desc)
                : l.convert(gradient, desc, unit.name());
        Recipe recipe = l.require(
                NormRecipes.batchBackward(desc, desc, desc, op.epsilon(), given, relu, forward),
                unit.name(),
                "batch_norm backward");
        Operand src = l.temporary(desc);
        Desc channels = l.layout().vector(l.shape(x).c());
        Operand toScale = l.parameterGradients().target(scale, channels);
        Operand toShift = l.parameterGradients().target(shift, channels);
        l.call(
                l.backward(unit),
                recipe,
                Lowering.arguments(
                        Arg.SRC, source,
                        Arg.MEAN, mean,
                        Arg.VARIANCE, variance,
                        Arg.DIFF_DST, dst,
                        Arg.SCALE, l.weights().vector(scale),
                        Arg.WORKSPACE, mask,
                        Arg.DIFF_SRC, src,
                        Arg.DIFF_SCALE, toScale,
                        Arg.DIFF_SHIFT, toShift));
        l.mayWorkInPlace(src, dst);
        l.parameterGradients().finish(unit, scale, toScale);
        l.parameterGradients().finish(unit, shift, toShift);
        return List.of(
                isVector ? src.as(l.layout().desc(x, Order.PLAIN, l.layout().type(y))) : src);
    }
}
