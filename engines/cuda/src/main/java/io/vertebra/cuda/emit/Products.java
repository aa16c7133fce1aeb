package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Call.Label;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Maps times maps, gates of one number a channel and picture, or learnt factors of one number a channel. */
final class Products {
    private static final String FILE = "channel_scale";

    private Products() {}

    static Backward multiply(Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        int gate = unit.inputs().get(1);
        return l.shape(gate).equals(l.shape(x)) ? maps(x, gate, unit, l) : gate(x, gate, unit, l);
    }

    private static Backward maps(int a, int b, Unit unit, Lowering l) {
        Type type = l.type(unit.output());
        Operand left = l.value(a, type);
        Operand right = l.value(b, type);
        l.define(unit.output(), product(l.forward(unit), left, right, l));
        return gradient -> {
            Operand given = l.convert(gradient, type, unit.name());
            return Arrays.asList(
                    l.form().needsGradient(a) ? product(l.backward(unit), given, right, l) : null,
                    l.form().needsGradient(b) ? product(l.backward(unit), given, left, l) : null);
        };
    }

    private static Operand product(Label label, Operand a, Operand b, Lowering l) {
        Operand result = l.temporary(a.type(), a.elements());
        l.launch(label, Activations.pointwise("multiply", a.type(), a.elements()), a, b, result, a.elements());
        l.mayWorkInPlace(result, a);
        return result;
    }

    private static Backward gate(int x, int gate, Unit unit, Lowering l) {
        Type type = l.type(unit.output());
        Shape shape = l.shape(x);
        int channels = shape.c();
        Operand source = l.value(x, type);
        Operand factors = l.value(gate, type);
        Tiles maps = Tiles.ofMaps(type, shape.n(), Tiles.cells(shape), channels);
        l.define(unit.output(), scaled(l.forward(unit), maps, "gate", source, factors, channels, l));
        return gradient -> {
            Operand given = l.convert(gradient, type, unit.name());
            if (!l.form().needsGradient(gate)) {
                return Arrays.asList(scaled(l.backward(unit), maps, "gate", given, factors, channels, l), null);
            }
            Tiles sums = Tiles.ofSums(type, shape.n(), Tiles.cells(shape), channels);
            Operand toSource = l.form().needsGradient(x) ? l.temporary(type, source.elements()) : null;
            Operand toGate = l.temporary(type, factors.elements());
            differentiate(unit, sums, "gate_backward", source, factors, given, toSource, toGate, channels, l);
            return Arrays.asList(toSource, toGate);
        };
    }

    static Backward layerScale(Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        Type type = l.type(unit.output());
        Shape shape = l.shape(x);
        String name = unit.node().parameters().get(0).name();
        Operand source = l.value(x, type);
        Operand factors = l.weights().vector(name);
        long rows = shape.elements() / shape.c();
        Tiles maps = Tiles.ofMaps(type, 1, rows, shape.c());
        l.define(unit.output(), scaled(l.forward(unit), maps, "layer_scale", source, factors, 0, l));
        return gradient -> {
            Operand given = l.convert(gradient, type, unit.name());
            if (!l.form().trains(name)) {
                return List.of(scaled(l.backward(unit), maps, "layer_scale", given, factors, 0, l));
            }
            Tiles sums = Tiles.ofSums(type, 1, rows, shape.c());
            Operand toSource = l.form().needsGradient(x) ? l.temporary(type, source.elements()) : null;
            Operand toFactors = l.weights().gradient(name);
            differentiate(unit, sums, "layer_scale_backward", source, factors, given, toSource, toFactors, 0, l);
            return Collections.singletonList(toSource);
        };
    }

    private static Operand scaled(
            Label label, Tiles tiles, String function, Operand x, Operand factors, int stride, Lowering l) {
        Operand result = l.temporary(x.type(), x.elements());
        tiles.launch(label, FILE, function, l, List.of(x, factors, result), stride);
        l.mayWorkInPlace(result, x);
        return result;
    }

    /** {@code toX} may be {@code null}. */
    private static void differentiate(
            Unit unit,
            Tiles tiles,
            String function,
            Operand x,
            Operand factors,
            Operand given,
            Operand toX,
            Operand toFactors,
            int stride,
            Lowering l) {
        Label label = l.backward(unit);
        Operand partials = l.temporary(Type.F32, (long) tiles.allRuns() * tiles.channels());
        tiles.launch(label, FILE, function, l, Arrays.asList(x, factors, given, partials, toX), stride);
        if (toX != null) {
            l.mayWorkInPlace(toX, given);
        }
        Columns.sumRuns(label, partials, tiles.runs(), tiles.pictures(), tiles.channels(), toFactors, null, l);
    }
}
