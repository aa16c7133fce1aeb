package io.vertebra.onednn.emit;

import io.vertebra.graph.op.Linear;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.natives.Arg;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.PostOps;
import io.vertebra.onednn.natives.Recipe;
import io.vertebra.onednn.natives.Recipes;
import io.vertebra.onednn.natives.Tag;
import io.vertebra.onednn.natives.Type;
import io.vertebra.onednn.pass.Order;
import java.util.Collections;
import java.util.List;

/** Fully connected layers. */
final class Linears {
    private final Lowering l;
    private final Unit unit;
    private final int x;
    private final int y;
    private final long macs;
    private final String weightName;
    private final String biasName;
    private final Desc bias;
    private final Desc src;
    private final long[] weightExtents;

    private Linears(Linear op, Unit unit, Lowering l) {
        this.l = l;
        this.unit = unit;
        this.x = unit.inputs().get(0);
        this.y = unit.output();
        this.macs = op.macs(List.of(l.shape(x)));
        this.weightName = unit.node().parameter("weight");
        this.biasName = unit.node().parameter("bias");
        this.bias = op.bias() ? l.layout().vector(op.out()) : null;
        this.src = l.layout().desc(x, Order.PLAIN, l.compute());
        this.weightExtents = new long[] {op.out(), l.shape(x).c()};
    }

    static Backward emit(Linear op, Unit unit, Lowering l) {
        return new Linears(op, unit, l).emit();
    }

    private Desc weights(Type type) {
        return l.layout().desc(type, Tag.ANY, weightExtents);
    }

    private Backward emit() {
        boolean differentiated = l.form().needsGradient(y);
        PostOps post = PostOps.of(Activations.of(unit.activation()));
        Recipe forward = l.require(
                Recipes.linear(
                        differentiated,
                        src,
                        weights(l.compute()),
                        bias,
                        l.layout().desc(y),
                        post),
                unit.name(),
                "linear");
        boolean ofWeights = differentiated
                && (l.form().trains(weightName) || (bias != null && l.form().trains(biasName)));
        Recipe toWeights = ofWeights ? weightsRecipe() : null;

        Operand result = l.temporary(l.layout().desc(y));
        l.call(
                l.label(unit, "forward", macs),
                forward,
                Lowering.arguments(
                        Arg.SRC,
                        l.value(x, src),
                        Arg.WEIGHTS,
                        l.weights().weight(weightName, forward.weights()),
                        Arg.BIAS,
                        bias == null ? null : l.weights().vector(biasName),
                        Arg.DST,
                        result));
        l.define(y, result);
        return gradient -> backward(gradient, result, toWeights);
    }

    private Desc diffDst() {
        return l.layout().desc(y, Order.PLAIN, l.compute());
    }

    private Recipe hint() {
        Recipe hint = l.require(
                Recipes.linear(true, src, weights(l.compute()), bias, diffDst(), PostOps.NONE), unit.name(), "linear");
        l.handles().add(hint::close);
        return hint;
    }

    private Recipe weightsRecipe() {
        Desc master = l.weights().masterOrder(weightName);
        Recipe hint = hint();
        Recipe recipe = master == null ? null : Recipes.linearWeights(src, master, bias, diffDst(), hint);
        if (recipe == null) {
            recipe = l.require(
                    Recipes.linearWeights(src, weights(Type.F32), bias, diffDst(), hint),
                    unit.name(),
                    "linear backward weights");
        }
        if (master == null && l.form().trains(weightName)) {
            l.weights().decideOrder(weightName, recipe.diffWeights());
        }
        return recipe;
    }

    private List<Operand> backward(Operand gradientOfResult, Operand result, Recipe toWeights) {
        Operand gradient = l.convert(Activations.backward(unit, gradientOfResult, result, l), diffDst(), unit.name());
        if (toWeights != null) {
            Operand toWeight = l.parameterGradients().target(weightName, toWeights.diffWeights());
            Operand toBias = bias == null ? null : l.parameterGradients().target(biasName, bias);
            l.call(
                    l.label(unit, "backward weights", macs),
                    toWeights,
                    Lowering.arguments(
                            Arg.SRC,
                            l.value(x, src),
                            Arg.DIFF_DST,
                            gradient,
                            Arg.DIFF_WEIGHTS,
                            toWeight,
                            Arg.DIFF_BIAS,
                            toBias));
            l.parameterGradients().finish(unit, weightName, toWeight);
            if (bias != null) {
                l.parameterGradients().finish(unit, biasName, toBias);
            }
        }
        if (!l.form().needsGradient(x)) {
            return Collections.singletonList(null);
        }
        Recipe toData = l.require(
                Recipes.linearData(src, weights(l.compute()), diffDst(), hint()), unit.name(), "linear backward data");
        Operand gradientOfSource = l.temporary(src);
        l.call(
                l.label(unit, "backward data", macs),
                toData,
                Lowering.arguments(
                        Arg.DIFF_DST,
                        gradient,
                        Arg.WEIGHTS,
                        l.weights().weight(weightName, toData.weights()),
                        Arg.DIFF_SRC,
                        gradientOfSource));
        return List.of(gradientOfSource);
    }
}
