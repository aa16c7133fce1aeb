package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Functions;
import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.plan.Unit;
import java.util.List;

/** Convolutions with one filter a channel, weights (R, S, C). */
final class Depthwise implements Convolutions.Code {
    private static final String FILE = "depthwise";
    private static final String WEIGHTS = "depthwise_weights";
    /** Windows that have kernels of their own. */
    private static final List<Integer> SIDES = List.of(3, 5, 7);
    /** Cells of a row of the input whose gradients a thread of a special kernel computes at once. */
    private static final int DATA_TILE = 4;
    /** What each line of a block adds up at least for the weights. */
    private static final int STRIPS = 16;
    /** Eight blocks for each processor of a large card. */
    private static final int BLOCKS = 1056;

    private final Unit unit;
    private final Lowering l;
    private final Size kernel;
    private final Size stride;
    private final boolean dilated;
    private final Shape in;
    private final Shape out;
    private final long macs;
    private final Object[] window;

    Depthwise(Convolution op, Unit unit, Lowering l) {
        this.unit = unit;
        this.l = l;
        this.kernel = op.kernel();
        this.stride = op.stride();
        this.dilated = !op.dilation().equals(Size.of(1));
        int x = unit.inputs().get(0);
        this.in = l.shape(x);
        this.out = l.shape(unit.output());
        this.macs = op.macs(List.of(in));
        Size input = new Size(in.h(), in.w());
        Padding.Explicit padding = op.padding().resolve(input, kernel, stride, op.dilation());
        this.window = Packs.arguments(
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
                padding.left(),
                op.dilation().height(),
                op.dilation().width());
    }

    /** Outputs of a row that a thread of a special kernel computes at once; those of two steps read twice as much. */
    private int tile() {
        return stride.width() == 1 ? 4 : 2;
    }

    private boolean isSpecial(Packs packs) {
        return packs.arePacked()
                && !dilated
                && kernel.height() == kernel.width()
                && SIDES.contains(kernel.width())
                && stride.width() <= 2;
    }

    private String special() {
        return "_" + kernel.width() + "_by_" + stride.width();
    }

    private static long tiles(Shape map, int tile) {
        return (long) map.n() * map.h() * Grid.blocks(map.w(), tile);
    }

    @Override
    public Operand forward(Operand x, Operand weight, Operand bias, Operand addend) {
        Packs packs = Packs.of(FILE, x.type(), in.c());
        Operand result = l.temporary(x.type(), out.elements());
        Kernel code = isSpecial(packs)
                ? packs.special("depthwise" + special(), tiles(out, tile()))
                : packs.each("depthwise", tiles(out, 1));
        int function = Functions.number(unit.activation());
        Object[] arguments = Packs.arguments(x, weight, bias, addend, result, window, function);
        l.launch(l.label(unit, "forward", macs), code, arguments);
        return l.convert(result, l.type(unit.output()), unit.name());
    }

    /** Where another part of the gradient comes later it is added on the way. */
    @Override
    public Operand data(Operand dy, Operand weight) {
        if (!l.program().isPrivate(unit.inputs().get(0))) {
            return l.deferAdding(dy.type(), in.elements(), (dx, addend) -> data(dy, weight, addend, dx));
        }
        Operand dx = l.temporary(dy.type(), in.elements());
        data(dy, weight, null, dx);
        return dx;
    }

    private void data(Operand dy, Operand weight, Operand addend, Operand dx) {
        Packs packs = Packs.of(FILE, dy.type(), in.c());
        boolean special = isSpecial(packs) && stride.height() == stride.width();
        Kernel code = special
                ? packs.special("depthwise_data" + special(), tiles(in, DATA_TILE))
                : packs.each("depthwise_data", tiles(in, 1));
        l.launch(l.label(unit, "backward data", macs), code, Packs.arguments(dy, weight, addend, dx, window));
        if (addend != null) {
            l.mayWorkInPlace(dx, addend);
        }
    }

    @Override
    public void weights(Operand x, Operand dy, Operand to) {
        Packs whole = Packs.of(WEIGHTS, x.type(), in.c());
        boolean special = isSpecial(whole);
        boolean square = whole.arePacked() && kernel.equals(Size.of(3));
        Packs packs = special ? whole.halves() : whole; // sums of many taps
        // taps of a block: all of 3x3, else a row of a special window, else one
        long groups = square ? 1 : special ? kernel.height() : kernel.area();
        int width = packs.width(BLOCKS);
        int most = Grid.blocks(BLOCKS, Math.toIntExact(groups) * Grid.blocks(packs.perCell(), width));
        int parts = Math.min(Grid.blocks(tiles(out, special ? tile() : 1), STRIPS * (Grid.THREADS / width)), most);
        Operand partials = l.temporary(Type.F32, parts * kernel.area() * in.c());
        Kernel code = special
                ? packs.specialBlocks(WEIGHTS + special(), parts * groups, width)
                : square
                        ? packs.specialBlocks(WEIGHTS + "_3", parts, width)
                        : packs.blocks(WEIGHTS, parts * groups, width);
        Call.Label label = l.label(unit, "backward weights", macs);
        l.launch(label, code, Packs.arguments(x, dy, partials, window, width));
        Columns.sumRuns(label, partials, parts, 1, Math.toIntExact(kernel.area() * in.c()), to, null, l);
    }
}
