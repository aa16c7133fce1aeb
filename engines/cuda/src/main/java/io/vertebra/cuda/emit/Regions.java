package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.plan.Unit;
import java.util.Arrays;

/** Features of regions. */
final class Regions {
    /** Cells of a side of the square that a block of the gradient has, and its groups of channels. */
    private static final int SQUARE = 8;

    private static final int GROUP = 32;

    private final Lowering l;
    private final Unit unit;
    private final Shape in;
    private final Type type;
    private final long cells;
    private final long bins;
    private final Operand source;
    private final Operand rois;
    private final Object[] extents;

    private Regions(Size output, Unit unit, Lowering l) {
        this.l = l;
        this.unit = unit;
        int x = unit.inputs().get(0);
        this.in = l.shape(x);
        this.type = l.type(unit.output());
        this.cells = (long) in.n() * in.h() * in.w();
        int count = l.shape(unit.output()).n();
        this.bins = count * output.area();
        this.source = l.value(x, type);
        this.rois = l.value(unit.inputs().get(1), Type.F32);
        this.extents = Packs.arguments(in.n(), in.c(), in.h(), in.w(), count, output.height(), output.width());
    }

    static Backward emit(RoiAlign op, Unit unit, Lowering l) {
        return new Regions(op.output(), unit, l).align(op);
    }

    static Backward emit(RoiPool op, Unit unit, Lowering l) {
        return new Regions(op.output(), unit, l).pool(op);
    }

    private Backward align(RoiAlign op) {
        Packs packs = Packs.of("roi_align", type, in.c());
        Object[] numbers =
                Packs.arguments(extents, op.scales().get(0).floatValue(), op.samplingRatio(), op.aligned() ? 1 : 0);
        Operand result = l.like(unit.output());
        l.launch(l.forward(unit), packs.each("roi_align", bins), Packs.arguments(source, rois, result, numbers));
        l.define(unit.output(), result);
        return gradient -> {
            Operand toSource = l.temporary(type, in.elements());
            long squares = (long) in.n() * Grid.blocks(in.h(), SQUARE) * Grid.blocks(in.w(), SQUARE);
            l.launch(
                    l.backward(unit),
                    packs.blocks("roi_align_backward", squares, GROUP),
                    Packs.arguments(gradient, rois, toSource, numbers));
            return Arrays.asList(toSource, null);
        };
    }

    private Backward pool(RoiPool op) {
        Packs single = Packs.of("roi_pool", type, in.c(), false);
        Object[] numbers = Packs.arguments(extents, (float) op.scale());
        Operand result = l.like(unit.output());
        Operand places = l.form().needsGradient(unit.output()) ? l.temporary(Type.I32, bins * in.c()) : null;
        l.launch(
                l.forward(unit), single.each("roi_pool", bins), Packs.arguments(source, rois, result, places, numbers));
        l.define(unit.output(), result);
        return gradient -> {
            Operand toSource = l.temporary(type, in.elements());
            l.launch(
                    l.backward(unit),
                    single.each("roi_pool_backward", cells),
                    Packs.arguments(gradient, places, rois, toSource, numbers));
            return Arrays.asList(toSource, null);
        };
    }
}
