package io.vertebra.onednn.emit;

import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import io.vertebra.graph.region.RoiAlignment;
import io.vertebra.graph.region.RoiPooling;
import io.vertebra.graph.region.RoiShape;
import io.vertebra.onednn.kernel.RoiKernel;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Type;
import io.vertebra.onednn.pass.Order;
import java.util.Arrays;

/** Features of regions, cut from row-major maps in fp32. */
final class Regions {
    private Regions() {}

    static Backward emit(RoiAlign op, Unit unit, Lowering l) {
        RoiAlignment align = new RoiAlignment(op.output(), op.scales().get(0), op.samplingRatio(), op.aligned());
        return emit(RoiKernel.Algorithm.of(align), unit, l);
    }

    static Backward emit(RoiPool op, Unit unit, Lowering l) {
        return emit(RoiKernel.Algorithm.of(new RoiPooling(op.output(), op.scale())), unit, l);
    }

    private static Backward emit(RoiKernel.Algorithm algorithm, Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        Desc map = l.desc(x, Order.PLAIN, Type.F32);
        Desc bins = l.desc(y, Order.PLAIN, Type.F32);
        Operand features = l.value(x, map);
        Operand rois = l.value(unit.inputs().get(1));
        Operand result = l.temporary(bins);
        l.call(l.forward(unit), kernel(algorithm, false, unit, l), features, rois, result);
        l.define(y, result);
        return gradient -> {
            Operand toSource = l.temporary(map);
            Operand given = l.convert(gradient, bins, unit.name());
            l.call(l.backward(unit), kernel(algorithm, true, unit, l), features, rois, given, toSource);
            return Arrays.asList(toSource, null);
        };
    }

    private static RoiKernel kernel(RoiKernel.Algorithm algorithm, boolean backward, Unit unit, Lowering l) {
        Shape s = l.shape(unit.inputs().get(0));
        int rois = l.shape(unit.inputs().get(1)).n();
        int outputs = Math.toIntExact(l.shape(unit.output()).elements());
        return new RoiKernel(algorithm, new RoiShape(s.n(), s.c(), s.h(), s.w()), rois, outputs, backward);
    }
}
