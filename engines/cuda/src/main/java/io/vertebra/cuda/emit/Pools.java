package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.AdaptiveAveragePool;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.plan.Unit;
import java.util.List;
import java.util.function.Consumer;

/** Max, average and adaptive average pooling. */
final class Pools {
    private static final String WINDOWS = "pools";
    private static final String BINS = "bins";
    /** Cells of a window whose places fit a byte. */
    private static final int BYTE = 256;
    /** From so many cells of a bin on, a block shares them out. */
    private static final int LARGE = 16;

    private final Lowering l;
    private final Unit unit;
    private final int x;
    private final int y;
    private final Shape in;
    private final Shape out;
    private final Type type;
    private final long cells;
    private final long cellsOut;

    private Pools(Unit unit, Lowering l) {
        this.l = l;
        this.unit = unit;
        this.x = unit.inputs().get(0);
        this.y = unit.output();
        this.in = l.shape(x);
        this.out = l.shape(y);
        this.type = l.type(y);
        this.cells = (long) in.n() * in.h() * in.w();
        this.cellsOut = (long) in.n() * out.h() * out.w();
    }

    static Backward emit(MaxPool op, Unit unit, Lowering l) {
        return new Pools(unit, l).max(op);
    }

    static Backward emit(AveragePool op, Unit unit, Lowering l) {
        return new Pools(unit, l).average(op);
    }

    static Backward emit(AdaptiveAveragePool op, Unit unit, Lowering l) {
        return new Pools(unit, l).adaptive();
    }

    private Packs packs(String file) {
        return Packs.of(file, type, in.c());
    }

    private Operand source() {
        return l.value(x, type);
    }

    private Operand toSource() {
        return l.temporary(type, in.elements());
    }

    private Padding.Explicit padding(Padding padding, Size kernel, Size stride) {
        return padding.resolve(new Size(in.h(), in.w()), kernel, stride, Size.of(1));
    }

    private Object[] windows(Size kernel, Size stride, Padding.Explicit padding) {
        return Packs.arguments(
                in.n(),
                in.c(),
                in.h(),
                in.w(),
                out.h(),
                out.w(),
                kernel.height(),
                kernel.width(),
                stride.height(),
                stride.width(),
                padding.top(),
                padding.left());
    }

    private Backward max(MaxPool op) {
        boolean differentiated = l.form().needsGradient(y);
        // places of packs are bytes
        Packs packs = Packs.of(WINDOWS, type, in.c(), op.kernel().area() <= BYTE);
        Object[] windows = windows(op.kernel(), op.stride(), padding(op.padding(), op.kernel(), op.stride()));
        long placeWords = packs.arePacked() ? out.elements() / Type.I32.bytes() : out.elements();
        Operand places = differentiated ? l.temporary(Type.I32, placeWords) : null;
        Operand result = l.like(y);
        l.launch(l.forward(unit), packs.each("max_pool", cellsOut), Packs.arguments(source(), result, places, windows));
        l.define(y, result);
        return gradient -> {
            Operand toSource = toSource();
            l.launch(
                    l.backward(unit),
                    packs.each("max_pool_backward", cells),
                    Packs.arguments(gradient, places, toSource, windows));
            return List.of(toSource);
        };
    }

    private Backward average(AveragePool op) {
        Padding.Explicit padding = padding(op.padding(), op.kernel(), op.stride());
        Object[] arguments = Packs.arguments(
                windows(op.kernel(), op.stride(), padding),
                padding.bottom(),
                padding.right(),
                op.countPadding() ? 1 : 0);
        Operand result = l.like(y);
        l.launch(
                l.forward(unit),
                packs(WINDOWS).each("average_pool", cellsOut),
                Packs.arguments(source(), result, arguments));
        l.define(y, result);
        return gradient -> {
            Operand toSource = toSource();
            l.launch(
                    l.backward(unit),
                    packs(WINDOWS).each("average_pool_backward", cells),
                    Packs.arguments(gradient, toSource, arguments));
            return List.of(toSource);
        };
    }

    private Backward adaptive() {
        Packs packs = packs(BINS);
        Object[] extents = Packs.arguments(in.c(), in.h(), in.w(), out.h(), out.w());
        Operand result = l.like(y);
        if (Grid.blocks(in.h(), out.h()) * (long) Grid.blocks(in.w(), out.w()) >= LARGE) {
            int width = packs.width(cellsOut);
            l.launch(
                    l.forward(unit),
                    packs.blocks("bin_means_wide", cellsOut, width),
                    Packs.arguments(source(), result, extents, width));
        } else {
            l.launch(
                    l.forward(unit),
                    packs.each("bin_means", cellsOut),
                    Packs.arguments(source(), result, in.n(), extents));
        }
        l.define(y, result);
        return gradient -> {
            Consumer<Operand> computing = toSource -> l.launch(
                    l.backward(unit),
                    packs.each("bin_means_backward", cells),
                    Packs.arguments(gradient, toSource, in.n(), extents));
            if (out.h() * out.w() == 1) {
                Parts parts = Parts.spread(gradient, (float) (1.0 / (in.h() * (double) in.w())));
                return List.of(l.deferrals().defer(type, in.elements(), parts, computing));
            }
            Operand toSource = toSource();
            computing.accept(toSource);
            return List.of(toSource);
        };
    }
}
