package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.plan.Unit;
import java.util.Arrays;

/** RoI pooling: the largest features of regions. */
final class RoiPools {
    private final Lowering l;
    private final Unit unit;
    private final Shape in;
    private final Type type;
    private final long cells;
    private final long bins;
    private final Operand source;
    private final Operand rois;
    private final Object[] extents;

    private RoiPools(Size output, Unit unit, Lowering l) {
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

    static Backward emit(RoiPool op, Unit unit, Lowering l) {
        return new RoiPools(op.output(), unit, l).pool(op);
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
