package io.vertebra.onednn.emit;

import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.kernel.ChannelScaleKernel;
import io.vertebra.onednn.kernel.GateKernel;
import io.vertebra.onednn.kernel.Kernel;
import io.vertebra.onednn.natives.Arg;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.PostOps;
import io.vertebra.onednn.natives.Recipe;
import io.vertebra.onednn.natives.Recipes;
import io.vertebra.onednn.natives.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Maps times maps, gates of one number a channel and picture, or learnt factors of one number a channel. */
final class Products {
    private Products() {}

    /** oneDNN is fast only where the gate lies in the order of the map. */
    static Backward multiply(Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        int gate = unit.inputs().get(1);
        int y = unit.output();
        Desc desc = l.layout().desc(y);
        Desc gates = l.layout().desc(gate, l.layout().order(y), l.layout().type(y));
        Operand source = l.value(x, desc);
        Operand factors = l.value(gate, gates);
        Operand result = product(unit, source, factors, l.forward(unit), l);
        l.define(y, result);
        if (l.shape(gate).equals(l.shape(x))) {
            return gradient -> {
                Operand given = l.convert(gradient, desc, unit.name());
                return Arrays.asList(
                        l.form().needsGradient(x) ? product(unit, given, factors, l.backward(unit), l) : null,
                        l.form().needsGradient(gate) ? product(unit, given, source, l.backward(unit), l) : null);
            };
        }
        return gradient -> {
            Operand given = l.convert(gradient, desc, unit.name());
            if (!l.form().needsGradient(gate)) {
                return Arrays.asList(product(unit, given, factors, l.backward(unit), l), null);
            }
            Operand toGate = l.temporary(gates);
            Operand toSource = l.form().needsGradient(x) ? l.temporary(desc) : null;
            GateKernel kernel = new GateKernel(
                    l.layout().grid(y),
                    l.layout().grid(gate, l.layout().order(y)),
                    l.layout().type(y) == Type.BF16);
            call(unit, kernel, l, source, factors, given, toGate, toSource);
            return Arrays.asList(toSource, toGate);
        };
    }

    private static Operand product(Unit unit, Operand a, Operand b, Call.Label label, Lowering l) {
        Recipe recipe =
                l.require(Recipes.multiply(a.desc(), b.desc(), a.desc(), PostOps.NONE), unit.name(), "multiply");
        Operand result = l.temporary(a.desc());
        l.call(label, recipe, Lowering.arguments(Arg.SRC, a, Arg.SRC_1, b, Arg.DST, result));
        l.mayWorkInPlace(result, a);
        return result;
    }

    static Backward layerScale(Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        Desc desc = l.layout().desc(y);
        String name = unit.node().parameters().get(0).name();
        Operand source = l.value(x, desc);
        Operand factors = l.weights().vector(name);
        Operand result = l.temporary(desc);
        l.call(l.forward(unit), scale(y, false, l), source, factors, result);
        l.mayWorkInPlace(result, source);
        l.define(y, result);
        return gradient -> {
            Operand given = l.convert(gradient, desc, unit.name());
            Operand toFactors = l.parameterGradients()
                    .target(name, l.layout().vector(l.shape(x).c()));
            Operand toSource = l.form().needsGradient(x) ? l.temporary(desc) : null;
            call(unit, scale(y, true, l), l, source, factors, given, toFactors, toSource);
            l.parameterGradients().finish(unit, name, toFactors);
            return Arrays.asList(toSource);
        };
    }

    private static ChannelScaleKernel scale(int y, boolean backward, Lowering l) {
        return new ChannelScaleKernel(l.layout().grid(y), l.layout().type(y) == Type.BF16, backward);
    }

    /**
     * A backward kernel of a map, factors, the gradient of the product, that of the factors, and that of the map, which may
     * be {@code null} and may be written over that of the product.
     */
    private static void call(Unit unit, Kernel kernel, Lowering l, Operand... operands) {
        List<Operand> present = new ArrayList<>(Arrays.asList(operands));
        int last = present.size() - 1;
        Operand toSource = present.get(last);
        if (toSource == null) {
            present.remove(last);
        }
        l.call(l.backward(unit), kernel, present.toArray(Operand[]::new));
        if (toSource != null) {
            l.mayWorkInPlace(toSource, operands[2]);
        }
    }
}
