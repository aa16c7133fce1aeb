package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Call.Label;
import io.vertebra.graph.op.DropPath;
import io.vertebra.graph.op.LayerScale;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Maps times learnt factors of one number a channel, with the drop path and the sum behind them: one pass forwards and one
 * backwards. Where a drop path follows, its unit computes both, and the scale's own does nothing.
 */
final class LayerScales {
    private static final String FILE = "channel_scale";

    private final Unit scale;
    private final Unit last;
    private final Drop drop;
    private final Lowering l;
    private final Type type;
    private final Operand factors;
    private final int pictures;
    private final long rows;
    private final int channels;

    /** {@code last}: what adds and gives the result, the drop path's unit or the scale's. */
    private LayerScales(Unit scale, Unit last, Drop drop, Lowering l) {
        this.scale = scale;
        this.last = last;
        this.drop = drop;
        this.l = l;
        this.type = l.type(last.output());
        this.factors = l.weights().vector(name());
        Shape shape = l.shape(last.output());
        this.pictures = drop.drops() ? shape.n() : 1;
        this.channels = shape.c();
        this.rows = shape.elements() / channels / pictures;
    }

    static Backward emit(Unit unit, Lowering l) {
        boolean isDropped = l.program().units().stream().anyMatch(other -> unit.equals(dropped(other, l)));
        return isDropped ? Collections::singletonList : new LayerScales(unit, unit, Drop.NONE, l).emit();
    }

    /** Of the unit of a drop path behind a scale. */
    static Backward emit(Unit scale, Unit unit, Drop drop, Lowering l) {
        return new LayerScales(scale, unit, drop, l).emit();
    }

    /** The scale whose result a unit drops and nobody else reads, or {@code null}. */
    static Unit dropped(Unit unit, Lowering l) {
        if (!(unit.node().op() instanceof DropPath)) {
            return null;
        }
        int value = unit.inputs().get(0);
        Unit before = l.program().producer(value);
        boolean isBare = before.addend() == Unit.NONE && before.activation() == null;
        boolean isAlone = l.program().isPrivate(value) && l.type(value) == l.type(unit.output());
        return before.node().op() instanceof LayerScale && isBare && isAlone ? before : null;
    }

    private String name() {
        return scale.node().parameters().get(0).name();
    }

    private Backward emit() {
        Operand source = l.value(scale.inputs().get(0), type);
        Operand addend = last.addend() == Unit.NONE ? null : l.value(last.addend(), type);
        Operand result = l.like(last.output());
        multiply(l.forward(last), source, addend, result);
        if (addend != null) {
            l.mayWorkInPlace(result, addend);
        }
        Activations.inPlace(last, result, l);
        l.define(last.output(), result);
        return gradient -> {
            Operand ofSum = l.convert(Activations.backward(last, gradient, result, l), type, last.name());
            Operand toSource = backward(source, ofSum);
            return addend == null ? Collections.singletonList(toSource) : Arrays.asList(toSource, ofSum);
        };
    }

    private void multiply(Label label, Operand x, Operand addend, Operand result) {
        Tiles maps = Tiles.ofMaps(type, pictures, rows, channels);
        List<Operand> tensors = Arrays.asList(x, factors, addend, drop.key(), result);
        maps.launch(label, FILE, "layer_scale", l, tensors, 0, drop.below(), drop.factor());
        l.mayWorkInPlace(result, x);
    }

    private Operand backward(Operand source, Operand given) {
        int x = scale.inputs().get(0);
        Operand toSource = l.form().needsGradient(x) ? l.temporary(type, given.elements()) : null;
        if (!l.form().trains(name())) {
            if (toSource != null) {
                multiply(l.backward(last), given, null, toSource);
            }
            return toSource;
        }
        Tiles tiles = Tiles.ofSums(type, pictures, rows, channels);
        Operand partials = l.temporary(Type.F32, (long) tiles.allRuns() * channels);
        boolean sums = toSource != null && Columns.wanted(x, l) > 0;
        Operand sumsOfSource = sums ? l.temporary(Type.F32, partials.elements()) : null;
        List<Operand> tensors = Arrays.asList(source, factors, given, drop.key(), partials, toSource, sumsOfSource);
        tiles.launch(l.backward(last), FILE, "layer_scale_backward", l, tensors, 0, drop.below(), drop.factor());
        if (toSource != null) {
            l.mayWorkInPlace(toSource, given);
        }
        if (sums) {
            l.partials(toSource, new Columns.Partials(sumsOfSource, tiles.allRuns()));
        }
        Operand target = l.gradients().target(name());
        Columns.sumRuns(l.backward(last), partials, tiles.allRuns(), 1, channels, target, l);
        return toSource;
    }
}
