package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import java.util.List;

/** Maps at another size. */
final class Resizes {
    private static final String FILE = "resize";
    /** From so many outputs of a cell on, a block shares them out, */
    private static final int MANY = 64;
    /** unless the card is filled without that. */
    private static final int FULL = 1 << 18;

    private Resizes() {}

    static Backward emit(Resize op, Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        Shape in = l.shape(x);
        Shape out = l.shape(y);
        Type type = l.type(y);
        Packs packs = Packs.of(FILE, type, in.c());
        Object[] axes = axes(op, in, out);
        Operand result = l.like(y);
        l.launch(
                l.forward(unit),
                packs.each("resize", (long) in.n() * out.h() * out.w()),
                Packs.arguments(l.value(x, type), result, in.n(), in.c(), axes));
        l.define(y, result);
        return gradient -> {
            Operand toSource = l.temporary(type, in.elements());
            long cells = (long) in.n() * in.h() * in.w();
            if (areShared(op, in, out, cells * packs.perCell())) {
                int width = packs.width(cells);
                l.launch(
                        l.backward(unit),
                        packs.blocks("resize_backward_wide", cells, width),
                        Packs.arguments(gradient, toSource, in.c(), axes, width));
            } else {
                l.launch(
                        l.backward(unit),
                        packs.each("resize_backward", cells),
                        Packs.arguments(gradient, toSource, in.n(), in.c(), axes));
            }
            return List.of(toSource);
        };
    }

    private static boolean areShared(Resize op, Shape in, Shape out, long threads) {
        int reach = op.window().height();
        long rows = Math.min(out.h(), (long) reach * Grid.blocks(out.h(), in.h()));
        long columns = Math.min(out.w(), (long) reach * Grid.blocks(out.w(), in.w()));
        return rows * columns >= MANY && threads < FULL;
    }

    /** How the kernels know where an output stands: at (i a + b) / d. */
    static Object[] axes(Resize op, Shape in, Shape out) {
        boolean nearest = op.filter() == Resize.Filter.NEAREST;
        return Packs.arguments(axis(op, in.h(), out.h()), axis(op, in.w(), out.w()), nearest ? 1 : 0);
    }

    private static Object[] axis(Resize op, int in, int out) {
        if (op.filter() == Resize.Filter.NEAREST) {
            return new Object[] {in, out, in, 0, out};
        }
        return op.alignCorners()
                ? new Object[] {in, out, in - 1, 0, Math.max(out - 1, 1)}
                : new Object[] {in, out, 2 * in, in - out, 2 * out};
    }
}
