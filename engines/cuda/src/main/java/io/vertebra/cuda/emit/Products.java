package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Call.Label;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import java.util.Arrays;
import java.util.List;

/** Maps times maps, or gates of one number a channel and picture. */
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
        Operand source = l.value(x, type);
        Operand factors = l.value(gate, type);
        Tiles maps = Tiles.ofMaps(type, shape.n(), Tiles.cells(shape), shape.c());
        Operand result = l.like(unit.output());
        gate(l.forward(unit), maps, source, factors, result, l);
        l.define(unit.output(), result);
        return gradient -> {
            Operand given = l.convert(gradient, type, unit.name());
            boolean ofSource = l.form().needsGradient(x);
            boolean ofGate = l.form().needsGradient(gate);
            // where it is not wanted in one piece, the sums for the gate are a pass of their own
            boolean inParts = ofSource && (!ofGate || takesParts(x, l));
            Operand toSource = inParts
                    ? gated(unit, maps, given, factors, l)
                    : ofSource ? l.temporary(type, source.elements()) : null;
            Operand toGate = ofGate ? l.temporary(type, factors.elements()) : null;
            if (ofGate) {
                gateBackward(unit, source, factors, given, inParts ? null : toSource, toGate, l);
            }
            return Arrays.asList(toSource, toGate);
        };
    }

    private static void gate(Label label, Tiles maps, Operand x, Operand factors, Operand result, Lowering l) {
        maps.launch(label, FILE, "gate", l, List.of(x, factors, result), maps.channels());
        l.mayWorkInPlace(result, x);
    }

    /** {@code toSource} may be {@code null}. */
    private static void gateBackward(
            Unit unit, Operand source, Operand factors, Operand given, Operand toSource, Operand toGate, Lowering l) {
        Shape shape = l.shape(unit.output());
        Tiles tiles = Tiles.ofSums(given.type(), shape.n(), Tiles.cells(shape), shape.c());
        Operand partials = l.temporary(Type.F32, (long) tiles.allRuns() * tiles.channels());
        List<Operand> tensors = Arrays.asList(source, factors, given, partials, toSource);
        tiles.launch(l.backward(unit), FILE, "gate_backward", l, tensors, tiles.channels());
        if (toSource != null) {
            l.mayWorkInPlace(toSource, given);
        }
        Columns.sumRuns(l.backward(unit), partials, tiles.runs(), tiles.pictures(), tiles.channels(), toGate, l);
    }

    /** Whether what gives a value would rather have its gradient in parts than written out. */
    private static boolean takesParts(int value, Lowering l) {
        Op producer = l.program().producer(value).node().op();
        return l.form().needsGradient(value) && (producer instanceof BatchNorm || producer instanceof GroupNorm);
    }

    private static Operand gated(Unit unit, Tiles maps, Operand given, Operand factors, Lowering l) {
        return l.deferrals()
                .defer(
                        given.type(),
                        given.elements(),
                        Parts.gated(given, factors),
                        result -> gate(l.backward(unit), maps, given, factors, result, l));
    }
}
