package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Call.Label;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import java.util.Arrays;
import java.util.List;

/**
 * Dropout, and drop path with the sum behind it and the layer scale before it, in training; in inference form they are gone
 * before lowering.
 */
final class Dropouts {
    private static final String FILE = "dropout";

    private final Drop drop;
    private final boolean wholePictures;
    private final Unit unit;
    private final Lowering l;
    private final Type type;
    private final Shape shape;

    private Dropouts(Drop drop, boolean wholePictures, Unit unit, Lowering l) {
        this.drop = drop;
        this.wholePictures = wholePictures;
        this.unit = unit;
        this.l = l;
        this.type = l.type(unit.output());
        this.shape = l.shape(unit.output());
    }

    static Backward emit(double rate, boolean wholePictures, Unit unit, Lowering l) {
        Drop drop = Drop.of(unit, rate, l);
        Unit scale = LayerScales.dropped(unit, l);
        return scale == null
                ? new Dropouts(drop, wholePictures, unit, l).emit()
                : LayerScales.emit(scale, unit, drop, l);
    }

    private Backward emit() {
        Operand addend = unit.addend() == Unit.NONE ? null : l.value(unit.addend(), type);
        Operand result = drop(l.forward(unit), l.value(unit.inputs().get(0), type), addend);
        Activations.inPlace(unit, result, l);
        l.define(unit.output(), result);
        return gradient -> {
            Operand before = l.convert(Activations.backward(unit, gradient, result, l), type, unit.name());
            Operand toSource = drop(l.backward(unit), before, null);
            return addend == null ? List.of(toSource) : List.of(toSource, before);
        };
    }

    /** The addend is for whole pictures alone, and may be {@code null}. */
    private Operand drop(Label label, Operand x, Operand addend) {
        Operand y = l.temporary(type, x.elements());
        List<Operand> tensors = List.of(drop.key(), x, y);
        float below = drop.below();
        float factor = drop.factor();
        int channels = shape.rank() == 4 ? shape.c() : shape.toArray()[shape.rank() - 1];
        long rows = shape.elements() / shape.n() / channels;
        if (wholePictures) {
            Tiles tiles = Tiles.ofMaps(type, shape.n(), rows, channels);
            tiles.launch(label, FILE, "drop_path", l, Arrays.asList(drop.key(), x, addend, y), below, factor);
        } else if (shape.rank() == 4 && rows > 1) {
            Tiles tiles = Tiles.ofMaps(type, shape.n(), rows, channels);
            tiles.launch(label, FILE, "dropout", l, tensors, channels * rows, rows, 1L, below, factor);
        } else { // memory has the order that the numbers are drawn in
            Tiles tiles = Tiles.ofMaps(type, 1, shape.n() * rows, channels);
            tiles.launch(label, FILE, "dropout", l, tensors, 0L, 1L, (long) channels, below, factor);
        }
        l.mayWorkInPlace(y, x);
        if (addend != null) {
            l.mayWorkInPlace(y, addend);
        }
        return y;
    }
}
