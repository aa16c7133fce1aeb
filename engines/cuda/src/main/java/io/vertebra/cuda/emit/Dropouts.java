package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Call.Label;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import java.util.Arrays;
import java.util.List;

/** Dropout, and drop path with the sum behind it, in training; in inference form they are gone before lowering. */
final class Dropouts {
    private static final String FILE = "dropout";
    /** Uniform numbers are multiples of this. */
    private static final double STEP = 0x1p-24;

    private final double rate;
    private final boolean wholePictures;
    private final Unit unit;
    private final Lowering l;
    private final Type type;
    private final Shape shape;

    private Dropouts(double rate, boolean wholePictures, Unit unit, Lowering l) {
        this.rate = rate;
        this.wholePictures = wholePictures;
        this.unit = unit;
        this.l = l;
        this.type = l.type(unit.output());
        this.shape = l.shape(unit.output());
    }

    static Backward emit(double rate, boolean wholePictures, Unit unit, Lowering l) {
        return new Dropouts(rate, wholePictures, unit, l).emit();
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
        Operand key = l.key(unit.node().index());
        List<Operand> tensors = List.of(key, x, y);
        float below = (float)
                (Math.ceil(rate / STEP) * STEP); // a number is below it if it is below the rate, which is no float
        float factor = (float) (1 / (1 - rate));
        int channels = shape.rank() == 4 ? shape.c() : shape.toArray()[shape.rank() - 1];
        long rows = shape.elements() / shape.n() / channels;
        if (wholePictures) {
            Tiles tiles = Tiles.ofMaps(type, shape.n(), rows, channels);
            tiles.launch(label, FILE, "drop_path", l, Arrays.asList(key, x, addend, y), below, factor);
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
