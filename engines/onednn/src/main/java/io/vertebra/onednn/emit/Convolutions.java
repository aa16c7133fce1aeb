package io.vertebra.onednn.emit;

import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.kernel.MergedGroups;
import io.vertebra.onednn.natives.Arg;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.PostOps;
import io.vertebra.onednn.natives.Recipe;
import io.vertebra.onednn.natives.Recipes;
import io.vertebra.onednn.natives.Tag;
import io.vertebra.onednn.natives.Type;
import io.vertebra.onednn.natives.Window;
import io.vertebra.onednn.pass.Order;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/**
 * Convolutions with whatever was fused into them.
 *
 * <p>Each of the three passes takes the first pair of orders for which oneDNN has fast code: the trunk's, else channels
 * last (dilation of 12 and more, narrow groups that cannot be merged), else what the primitive likes.
 */
final class Convolutions {
    private final Lowering l;
    private final Unit unit;
    private final int x;
    private final int y;
    private final Window window;
    private final long macs;
    private final MergedGroups merged;
    private final long[] plainExtents;
    private final long[] weightExtents;
    private final boolean bias;
    private final Depthwise byHand;

    private Convolutions(Convolution op, Unit unit, Lowering l) {
        this.l = l;
        this.unit = unit;
        this.x = unit.inputs().get(0);
        this.y = unit.output();
        this.window = Windows.of(op, l.shape(x));
        this.macs = op.macs(List.of(l.shape(x)));
        this.merged = l.layout().merged(unit, op);
        this.plainExtents = extents(op, l.shape(x).c());
        this.weightExtents = merged == null ? plainExtents : merged.extents();
        this.bias = op.bias();
        this.byHand = new Depthwise(op, unit, window, l);
    }

    static Backward emit(Convolution op, Unit unit, Lowering l) {
        return new Convolutions(op, unit, l).emit();
    }

    static long[] extents(Convolution op, int channels) {
        int g = op.groups();
        int h = op.kernel().height();
        int w = op.kernel().width();
        return g == 1 ? new long[] {op.out(), channels, h, w} : new long[] {g, op.out() / g, channels / g, h, w};
    }

    /** Orders of source and destination in which a pass might run. */
    private record Pair(Desc src, Desc dst) {}

    private List<Pair> pairs(Type dstType, Order first) {
        List<Pair> pairs = new ArrayList<>();
        // three channels in blocks of sixteen would waste most of the work; the stem chooses for itself
        boolean stem = l.program().producer(x).node().op() instanceof Input;
        Desc any = l.layout().desc(l.compute(), Tag.ANY, Layout.extents(l.shape(x)));
        for (Order order : orders(first)) {
            Desc dst = l.layout().desc(y, order, dstType);
            if (stem) {
                pairs.add(new Pair(any, dst));
            }
            pairs.add(new Pair(l.layout().desc(x, order, l.compute()), dst));
        }
        pairs.add(new Pair(any, l.layout().desc(dstType, Tag.ANY, Layout.extents(l.shape(y)))));
        return pairs;
    }

    /** What the forward and backward data passes try first. */
    private Order liked() {
        return l.layout().likesRows(unit) ? Order.NHWC : l.layout().order(y);
    }

    private static List<Order> orders(Order first) {
        return first == Order.BLOCKED
                ? List.of(Order.BLOCKED, Order.NHWC, Order.PLAIN)
                : List.of(Order.NHWC, Order.BLOCKED, Order.PLAIN);
    }

    private Backward emit() {
        String name = unit.node().name();
        boolean differentiated = l.form().needsGradient(y);
        PostOps post = new PostOps(unit.addend() != Unit.NONE, Activations.of(unit.activation()));
        Desc anyWeights = l.layout().desc(l.compute(), Tag.ANY, weightExtents);
        boolean hasBias = bias || unit.norm() != null;
        Desc biasDesc = hasBias ? l.layout().vector(l.shape(y).c()) : null;

        List<Supplier<Recipe>> ways = new ArrayList<>();
        List<Pair> pairs = pairs(l.layout().type(y), liked());
        if (l.layout().slice(y) != null) {
            Operand part = slice();
            if (part != null) {
                pairs.add(0, new Pair(pairs.get(0).src(), part.desc()));
            }
        }
        for (Pair p : pairs) {
            ways.add(() -> Recipes.convolution(differentiated, p.src(), anyWeights, biasDesc, p.dst(), window, post));
        }
        Recipe forward = Choice.of(name, "convolution", macs, ways);
        Gradients gradients = differentiated ? new Gradients(forward.src()) : null;

        Operand weight = unit.norm() == null
                ? weight(forward.weights())
                : l.weights().foldedWeight(unit.node(), unit.norm(), merged, forward.weights());
        Operand biasOperand = !hasBias
                ? null
                : unit.norm() == null
                        ? l.weights().vector(unit.node().parameter("bias"))
                        : l.weights().foldedBias(unit.node(), unit.norm());
        Operand input = l.value(x, forward.src());
        Operand result = result(forward.dst());
        l.call(
                l.label(unit, "forward", macs),
                forward,
                Lowering.arguments(Arg.SRC, input, Arg.WEIGHTS, weight, Arg.BIAS, biasOperand, Arg.DST, result));
        l.define(y, result);
        return gradients == null ? Backward.NONE : gradient -> gradients.lower(gradient, result);
    }

    private Operand weight(Desc wanted) {
        String name = unit.node().parameter("weight");
        return merged == null ? l.weights().weight(name, wanted) : l.weights().mergedWeight(name, merged, wanted);
    }

    private Operand slice() {
        return l.part(
                l.whole(l.layout().slice(y).whole()), y, l.layout().slice(y).channel());
    }

    /** Where the result goes: over the addend, into its place in a concatenation, or into memory of its own. */
    private Operand result(Desc dst) {
        if (unit.addend() != Unit.NONE) {
            return l.takeOver(unit.addend(), dst);
        }
        if (l.layout().slice(y) != null) {
            Operand part = slice();
            if (part != null && part.desc().same(dst)) {
                return part;
            }
        }
        return l.temporary(dst);
    }

    /** The two backward passes; their recipes are made before the weights, because they decide the order of the latter. */
    private final class Gradients {
        private final String weightName = unit.node().parameter("weight");
        private final String biasName = unit.node().parameter("bias");
        private final boolean ofWeights;
        private final Recipe toWeights;
        private final Recipe toData;

        private Gradients(Desc forwardSrc) {
            boolean trainsBias = bias && l.form().trains(biasName);
            this.ofWeights = l.form().trains(weightName) || trainsBias;
            this.toWeights = ofWeights && !byHand.givesWeights() ? weightsRecipe(forwardSrc) : null;
            this.toData = l.form().needsGradient(x) && !byHand.givesData() ? dataRecipe() : null;
            if (l.form().trains(weightName) && l.weights().masterOrder(weightName) == null) {
                boolean plain = byHand.givesWeights() || merged != null;
                l.weights().decideOrder(weightName, plain ? plainWeights() : toWeights.diffWeights());
            }
        }

        private Desc plainWeights() {
            return l.layout().desc(Type.F32, Tag.PLAIN, plainExtents);
        }

        private Recipe hint(Pair p) {
            Desc weights = l.layout().desc(l.compute(), Tag.ANY, weightExtents);
            Desc biasDesc = bias ? l.layout().vector(l.shape(y).c()) : null;
            Recipe hint = Recipes.convolution(true, p.src(), weights, biasDesc, p.dst(), window, PostOps.NONE);
            if (hint != null) {
                l.handles().add(hint::close);
            }
            return hint;
        }

        private Recipe dataRecipe() {
            List<Supplier<Recipe>> ways = new ArrayList<>();
            Desc weights = l.layout().desc(l.compute(), Tag.ANY, weightExtents);
            for (Pair p : pairs(l.compute(), liked())) {
                ways.add(() -> {
                    Recipe hint = hint(p);
                    return hint == null ? null : Recipes.convolutionData(p.src(), weights, p.dst(), window, hint);
                });
            }
            return Choice.of(unit.name(), "convolution backward data", macs, ways);
        }

        private Recipe weightsRecipe(Desc forwardSrc) {
            List<Pair> pairs = pairs(l.compute(), l.layout().order(y));
            pairs.add(0, new Pair(forwardSrc, pairs.get(0).dst()));
            Desc master = merged == null ? l.weights().masterOrder(weightName) : null;
            Desc any = l.layout().desc(Type.F32, Tag.ANY, weightExtents);
            List<Supplier<Recipe>> ways = new ArrayList<>();
            for (Desc order : master == null ? List.of(any) : List.of(master, any)) {
                for (Pair p : pairs) {
                    ways.add(() -> weightsRecipe(p, order));
                }
            }
            return Choice.of(unit.name(), "convolution backward weights", macs, ways);
        }

        private Recipe weightsRecipe(Pair p, Desc order) {
            Recipe hint = hint(p);
            Desc biasDesc = bias ? l.layout().vector(l.shape(y).c()) : null;
            return hint == null ? null : Recipes.convolutionWeights(p.src(), order, biasDesc, p.dst(), window, hint);
        }

        private List<Operand> lower(Operand gradientOfResult, Operand result) {
            Operand gradient = Activations.backward(unit, gradientOfResult, result, l);
            if (ofWeights && byHand.givesWeights()) {
                byHand.weights(gradient);
            } else if (ofWeights) {
                weights(gradient);
            }
            if (!l.form().needsGradient(x)) {
                return Collections.singletonList(null);
            }
            return List.of(byHand.givesData() ? byHand.data(gradient) : data(gradient));
        }

        private void weights(Operand gradient) {
            Operand toWeight = merged == null
                    ? l.parameterGradients().target(weightName, toWeights.diffWeights())
                    : l.temporary(toWeights.diffWeights());
            Desc channels = l.layout().vector(l.shape(y).c());
            Operand toBias = bias ? l.parameterGradients().target(biasName, channels) : null;
            l.call(
                    l.label(unit, "backward weights", macs),
                    toWeights,
                    Lowering.arguments(
                            Arg.SRC,
                            l.value(x, toWeights.src()),
                            Arg.DIFF_DST,
                            l.convert(gradient, toWeights.diffDst(), unit.name()),
                            Arg.DIFF_WEIGHTS,
                            toWeight,
                            Arg.DIFF_BIAS,
                            toBias));
            l.parameterGradients().finish(unit, weightName, merged == null ? toWeight : diagonals(toWeight));
            if (bias) {
                l.parameterGradients().finish(unit, biasName, toBias);
            }
        }

        /** What of the gradient of the wide weights is that of the plain ones. */
        private Operand diagonals(Operand wide) {
            Desc rows = l.layout().desc(Type.F32, Tag.PLAIN, weightExtents);
            Operand toWeight = l.parameterGradients().target(weightName, plainWeights());
            l.call(
                    l.label(unit, "backward weights", 0),
                    merged.diagonals(),
                    l.convert(wide, rows, unit.name()),
                    toWeight);
            return toWeight;
        }

        private Operand data(Operand gradient) {
            Operand weight = weight(toData.weights());
            Operand dst = l.convert(gradient, toData.diffDst(), unit.name());
            Operand src = l.temporary(toData.diffSrc());
            l.call(
                    l.label(unit, "backward data", macs),
                    toData,
                    Lowering.arguments(Arg.DIFF_DST, dst, Arg.WEIGHTS, weight, Arg.DIFF_SRC, src));
            return src;
        }
    }
}
