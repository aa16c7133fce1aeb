package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.Pad;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import java.util.ArrayList;
import java.util.List;

/** Operators that put tensors together or see them in another way: concat, pad, flatten, rows of maps. */
final class Joins {
    private static final String FILE = "moves";
    /** Side of the squares in which matrices are turned. */
    private static final int SQUARE = 32;

    private Joins() {}

    /**
     * Maps are rows of channels; of anything else what lies behind the second axis belongs to it. What has been written into
     * its place by those who computed it is not copied.
     */
    static Backward concat(Unit unit, Lowering l) {
        int y = unit.output();
        Type type = l.type(y);
        long rows = rows(l.shape(y));
        int pitch = columns(l.shape(y));
        Slots.Slot whole = l.slots().whole(y);
        long column = 0;
        for (int input : unit.inputs()) {
            int columns = columns(l.shape(input), rows);
            if (!l.slots().isFilled(input)) {
                Copies.Columns from = new Copies.Columns(l.value(input, type), 0, columns);
                Copies.Columns to = new Copies.Columns(whole.first(), column, whole.pitch());
                Copies.copy(l.forward(unit), from, to, rows, columns, l);
            }
            column += columns;
        }
        l.define(y, whole.first());
        return gradient -> {
            List<Operand> parts = new ArrayList<>();
            long first = 0;
            for (int input : unit.inputs()) {
                int columns = columns(l.shape(input), rows);
                Operand part = null;
                if (l.form().needsGradient(input)) {
                    part = l.temporary(type, l.shape(input).elements());
                    Copies.Columns from = new Copies.Columns(gradient, first, pitch);
                    Copies.copy(l.backward(unit), from, new Copies.Columns(part, 0, columns), rows, columns, l);
                }
                parts.add(part);
                first += columns;
            }
            return parts;
        };
    }

    private static long rows(Shape shape) {
        return shape.rank() == 4 ? (long) shape.n() * shape.h() * shape.w() : shape.n();
    }

    /** Of a row of what is put together. */
    static int columns(Shape shape) {
        return columns(shape, rows(shape));
    }

    private static int columns(Shape shape, long rows) {
        return Math.toIntExact(shape.elements() / Math.max(rows, 1));
    }

    static Backward pad(Pad op, Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        Type type = l.type(y);
        Shape in = l.shape(x);
        Shape out = l.shape(y);
        Packs small = Packs.of(FILE, type, in.c());
        boolean fit = small.arePacked() && op.before() % small.size() == 0 && op.behind() % small.size() == 0;
        Object[] extents = Packs.arguments(
                in.n(),
                in.c(),
                in.h(),
                in.w(),
                out.c(),
                out.h(),
                out.w(),
                op.before(),
                op.space().top(),
                op.space().left());
        Operand result = l.like(y);
        l.launch(
                l.forward(unit),
                Packs.of(FILE, type, out.c(), fit).each("pad", rows(out)),
                Packs.arguments(l.value(x, type), result, extents));
        l.define(y, result);
        return gradient -> {
            Operand inner = l.temporary(type, in.elements());
            l.launch(
                    l.backward(unit),
                    Packs.of(FILE, type, in.c(), fit).each("crop", rows(in)),
                    Packs.arguments(gradient, inner, extents));
            return List.of(inner);
        };
    }

    /** Channels last, a map's bytes are its rows. */
    static Backward mapRows(Unit unit, Lowering l) {
        return view(unit, l);
    }

    /** The same bytes where there is one cell or one channel, else rows (C, H, W). */
    static Backward flatten(Unit unit, Lowering l) {
        int y = unit.output();
        Shape in = l.shape(unit.inputs().get(0));
        int cells = in.h() * in.w();
        if (in.rank() < 4 || cells == 1 || in.c() == 1) {
            return view(unit, l);
        }
        Operand result = l.like(y);
        Operand map = l.value(unit.inputs().get(0), l.type(y));
        turn(l.forward(unit), map, result, in.n(), cells, in.c(), l);
        l.define(y, result);
        return gradient -> {
            Operand toSource = l.temporary(l.type(y), in.elements());
            turn(l.backward(unit), gradient, toSource, in.n(), in.c(), cells, l);
            return List.of(toSource);
        };
    }

    private static Backward view(Unit unit, Lowering l) {
        int y = unit.output();
        l.define(y, l.value(unit.inputs().get(0), l.type(y)));
        return List::of;
    }

    private static void turn(
            Call.Label label, Operand from, Operand to, int matrices, int rows, int columns, Lowering l) {
        long squares = (long) Grid.blocks(rows, SQUARE) * Grid.blocks(columns, SQUARE) * matrices;
        Grid grid = Grid.of(Math.toIntExact(Math.max(squares, 1)), Grid.THREADS);
        l.launch(label, new Kernel(FILE, "turn", from.type(), grid), from, to, rows, columns);
    }
}
