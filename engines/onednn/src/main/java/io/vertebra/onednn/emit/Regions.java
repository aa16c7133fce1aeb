package io.vertebra.onednn.emit;

import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import io.vertebra.graph.region.RoiPooling;
import io.vertebra.graph.region.RoiShape;
import io.vertebra.onednn.kernel.Grid;
import io.vertebra.onednn.kernel.Kernel;
import io.vertebra.onednn.kernel.RoiAlignBackwardKernel;
import io.vertebra.onednn.kernel.RoiAlignKernel;
import io.vertebra.onednn.kernel.RoiPoolKernel;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Type;
import io.vertebra.onednn.pass.Order;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Features of regions: aligned from maps as they lie, pooled from row-major ones in fp32. */
final class Regions {
    private Regions() {}

    static Backward emit(RoiAlign op, Unit unit, Lowering l) {
        List<Integer> levels = unit.inputs().subList(0, op.scales().size());
        int regions = unit.inputs().get(levels.size());
        int y = unit.output();
        Type type = l.layout().type(levels.get(0));
        int count = l.shape(regions).n();
        List<Grid> grids =
                levels.stream().map(x -> l.layout().grid(x, order(x, l))).toList();
        List<Operand> operands = new ArrayList<>();
        levels.forEach(x -> operands.add(l.value(x, l.layout().desc(x, order(x, l), type))));
        Operand rois = l.value(regions, l.layout().desc(regions, Order.PLAIN, Type.F32));
        Operand result = l.temporary(l.layout().desc(y));
        operands.addAll(List.of(rois, result));
        boolean halfBins = l.layout().type(y) == Type.BF16;
        Kernel kernel = new RoiAlignKernel(op, grids, count, type == Type.BF16, halfBins);
        l.call(l.forward(unit), kernel, operands.toArray(Operand[]::new));
        l.define(y, result);
        return gradient -> {
            List<Boolean> wanted = levels.stream().map(l.form()::needsGradient).toList();
            List<Operand> given =
                    new ArrayList<>(List.of(rois, l.convert(gradient, l.layout().desc(y), unit.name())));
            Operand[] ofInputs = new Operand[unit.inputs().size()];
            for (int i = 0; i < levels.size(); i++) {
                if (wanted.get(i)) {
                    ofInputs[i] = l.temporary(l.layout().desc(levels.get(i), order(levels.get(i), l), Type.F32));
                    given.add(ofInputs[i]);
                }
            }
            Kernel backward = new RoiAlignBackwardKernel(op, grids, wanted, count, halfBins);
            l.call(l.backward(unit), backward, given.toArray(Operand[]::new));
            return Arrays.asList(ofInputs);
        };
    }

    /** Channels must lie together, at least some of them. */
    private static Order order(int map, Lowering l) {
        return l.layout().order(map) == Order.PLAIN ? Order.NHWC : l.layout().order(map);
    }

    static Backward emit(RoiPool op, Unit unit, Lowering l) {
        RoiPooling pool = new RoiPooling(op.output(), op.scale());
        int x = unit.inputs().get(0);
        int y = unit.output();
        Desc map = l.layout().desc(x, Order.PLAIN, Type.F32);
        Desc bins = l.layout().desc(y, Order.PLAIN, Type.F32);
        Operand features = l.value(x, map);
        Operand rois = l.value(unit.inputs().get(1));
        Operand result = l.temporary(bins);
        l.call(l.forward(unit), kernel(pool, false, unit, l), features, rois, result);
        l.define(y, result);
        return gradient -> {
            Operand toSource = l.temporary(map);
            Operand given = l.convert(gradient, bins, unit.name());
            l.call(l.backward(unit), kernel(pool, true, unit, l), features, rois, given, toSource);
            return Arrays.asList(toSource, null);
        };
    }

    private static RoiPoolKernel kernel(RoiPooling pool, boolean backward, Unit unit, Lowering l) {
        Shape s = l.shape(unit.inputs().get(0));
        int rois = l.shape(unit.inputs().get(1)).n();
        int outputs = Math.toIntExact(l.shape(unit.output()).elements());
        return new RoiPoolKernel(pool, new RoiShape(s.n(), s.c(), s.h(), s.w()), rois, outputs, backward);
    }
}
