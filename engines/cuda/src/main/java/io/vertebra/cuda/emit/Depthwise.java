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
    private static final String DATA = "depthwise_data";
    private static final String WEIGHTS = "depthwise_weights";
    /** Windows that have kernels of their own. */
    private static final List<Integer> SIDES = List.of(3, 5, 7);
    /** Threads of a block that hold the taps of a window and several rows. */
    private static final int STRIP_THREADS = 128;
    /** As many such blocks as a large card holds at once: three for each processor. */
    private static final int STRIP_BLOCKS = 396;
    /** What each line of a block adds up at least for the weights. */
    private static final int STRIPS = 16;
    /** Eight blocks for each processor of a large card. */
    private static final int BLOCKS = 1056;

    private final Unit unit;
    private final Lowering l;
    private final Size kernel;
    private final Size stride;
    private final boolean special;
    private final Shape in;
    private final Shape out;
    private final long macs;
    private final Padding.Explicit padding;
    private final Object[] window;

    Depthwise(Convolution op, Unit unit, Lowering l) {
        this.unit = unit;
        this.l = l;
        this.kernel = op.kernel();
        this.stride = op.stride();
        int x = unit.inputs().get(0);
        this.in = l.shape(x);
        this.out = l.shape(unit.output());
        this.macs = op.macs(List.of(in));
        Size input = new Size(in.h(), in.w());
        Padding.Explicit padding = op.padding().resolve(input, kernel, stride, op.dilation());
        this.special = SIDES.contains(kernel.width())
                && kernel.equals(Size.of(kernel.width()))
                && stride.equals(Size.of(stride.width()))
                && stride.width() <= 2
                && op.dilation().equals(Size.of(1))
                && padding.top() < kernel.height();
        this.padding = padding;
        this.window = window(in, out, padding.top(), padding.left(), op.dilation());
    }

    /** From a map to another. */
    private Object[] window(Shape from, Shape to, int top, int left, Size dilation) {
        return Packs.arguments(
                from.n(),
                from.c(),
                from.h(),
                from.w(),
                to.h(),
                to.w(),
                kernel.height(),
                kernel.width(),
                stride.height(),
                stride.width(),
                top,
                left,
                dilation.height(),
                dilation.width());
    }

    private String special() {
        return "_" + kernel.width() + "_by_" + stride.width();
    }

    private static long cells(Shape map) {
        return (long) map.n() * map.h() * map.w();
    }

    /** Whether the channels can be shared out among threads that go down strips of a map: {@code filter_strip} of the kernels. */
    private boolean goesDownStrips() {
        return special && in.c() % stripChannels() == 0;
    }

    /** Of a thread: what it holds of a 3 x 3 window has room for two. */
    private int stripChannels() {
        return kernel.height() == 3 ? 2 : 1;
    }

    private Packs strips(String file, Type type) {
        return new Packs(file, type, in.c(), stripChannels());
    }

    /** Strips side by side in a map of outputs. */
    private int abreast(Shape map) {
        return Grid.blocks(map.w(), stride.width() == 1 ? 7 : 4);
    }

    private int length(Shape map) {
        return length(map.h(), abreast(map));
    }

    /** Rows of a strip: as many as leave work for a whole card. Each strip reads some rows of its neighbours once more. */
    private int length(int rows, int abreast) {
        long threads = (long) in.n() * abreast * (in.c() / stripChannels());
        long strips = Math.max(1, Math.min(STRIP_BLOCKS * STRIP_THREADS / threads, rows / kernel.height()));
        return Grid.blocks(rows, Math.toIntExact(strips));
    }

    private long countStrips(Shape map) {
        return (long) map.n() * abreast(map) * Grid.blocks(map.h(), length(map));
    }

    /** A special convolution into a map, with the taps in their order or turned. */
    private void downStrips(
            Call.Label label, Shape to, Operand[] operands, Object[] window, boolean turned, int function) {
        Packs packs = strips(FILE, operands[0].type());
        Grid grid = Grid.of(Grid.blocks(countStrips(to) * packs.perCell(), STRIP_THREADS), STRIP_THREADS);
        Kernel code = new Kernel(FILE, "depthwise" + special(), packs.type(), grid);
        l.launch(label, code, Packs.arguments(operands, window, turned ? 1 : 0, length(to), function));
    }

    @Override
    public Convolutions.Forward forward(Operand x, Operand weight, Operand bias, Operand addend) {
        Operand result = l.temporary(x.type(), out.elements());
        Operand[] operands = {x, weight, bias, addend, result};
        Call.Label label = l.label(unit, "forward", macs);
        int function = Functions.number(Activations.keepsArgument(unit, l) ? null : unit.activation());
        if (goesDownStrips()) {
            downStrips(label, out, operands, window, false, function);
        } else {
            Kernel code = Packs.of(FILE, x.type(), in.c()).each("depthwise", cells(out));
            l.launch(label, code, Packs.arguments(operands, window, function));
        }
        return Convolutions.Forward.ofSums(unit, l.convert(result, l.type(unit.output()), unit.name()), l);
    }

    /** Where another part of the gradient comes later it is added on the way. */
    @Override
    public Operand data(Operand dy, Operand weight) {
        if (!l.program().isPrivate(unit.inputs().get(0))) {
            return l.deferrals().deferAdding(dy.type(), in.elements(), (dx, addend) -> data(dy, weight, addend, dx));
        }
        Operand dx = l.temporary(dy.type(), in.elements());
        data(dy, weight, null, dx);
        return dx;
    }

    private void data(Operand dy, Operand weight, Operand addend, Operand dx) {
        Call.Label label = l.label(unit, "backward data", macs);
        if (stride.equals(Size.of(1)) && goesDownStrips()) {
            // it is itself such a convolution, of dy
            int top = kernel.height() - 1 - padding.top();
            int left = kernel.width() - 1 - padding.left();
            Operand[] operands = {dy, weight, null, addend, dx};
            downStrips(label, in, operands, window(out, in, top, left, Size.of(1)), true, Functions.number(null));
        } else if (goesDownStrips()) {
            dataInPairs(label, dy, weight, addend, dx);
        } else {
            Kernel code = Packs.of(DATA, dy.type(), in.c()).each(DATA, cells(in));
            l.launch(label, code, Packs.arguments(dy, weight, addend, dx, window));
        }
        if (addend != null) {
            l.mayWorkInPlace(dx, addend);
        }
    }

    /** Where the step is two, rows and columns go in pairs: {@code filter_data_strip} of the kernels. */
    private void dataInPairs(Call.Label label, Operand dy, Operand weight, Operand addend, Operand dx) {
        int rows = pairs(in.h(), padding.top());
        int abreast = Grid.blocks(pairs(in.w(), padding.left()), kernel.height() == 3 ? 2 : 4);
        int length = length(rows, abreast);
        long threads = (long) in.n() * Grid.blocks(rows, length) * abreast * (in.c() / stripChannels());
        Grid grid = Grid.of(Grid.blocks(threads, STRIP_THREADS), STRIP_THREADS);
        Kernel code = new Kernel(DATA, DATA + special(), dy.type(), grid);
        l.launch(label, code, Packs.arguments(dy, weight, addend, dx, window, length));
    }

    /** Of an extent of the input, each of which begins where a window may begin; the first and the last may have one half. */
    private static int pairs(int extent, int before) {
        return (extent - 1 + before) / 2 - before / 2 + 1;
    }

    /** Those that go down strips read all of dy once. */
    @Override
    public boolean sumsGradients() {
        return goesDownStrips();
    }

    @Override
    public void weights(Operand x, Operand dy, Operand to, Operand toBias) {
        Call.Label label = l.label(unit, "backward weights", macs);
        Packs packs = goesDownStrips() ? strips(WEIGHTS, x.type()) : Packs.of(WEIGHTS, x.type(), in.c());
        int width = packs.width(BLOCKS);
        int across = Grid.blocks(packs.perCell(), width);
        if (goesDownStrips()) {
            int parts =
                    Math.min(Grid.blocks(countStrips(out), STRIP_THREADS / width), Math.max(1, STRIP_BLOCKS / across));
            Grid grid = new Grid(parts, across, 1, STRIP_THREADS);
            Kernel code = new Kernel(WEIGHTS, WEIGHTS + special(), x.type(), grid);
            sumParts(label, code, parts, to, toBias, x, dy, width, length(out), toBias == null ? 0 : 1);
        } else {
            boolean square = packs.arePacked() && kernel.equals(Size.of(3));
            int groups = square ? 1 : Math.toIntExact(kernel.area()); // taps of a block: all of 3x3, else one
            int most = Grid.blocks(BLOCKS, groups * across);
            int parts = Math.min(Grid.blocks(cells(out), STRIPS * (Grid.THREADS / width)), most);
            Kernel code = square
                    ? packs.specialBlocks(WEIGHTS + "_3", parts, width)
                    : packs.blocks(WEIGHTS, (long) parts * groups, width);
            sumParts(label, code, parts, to, null, x, dy, width);
        }
    }

    /** The sums of each part, and theirs. */
    private void sumParts(
            Call.Label label,
            Kernel code,
            int parts,
            Operand to,
            Operand toBias,
            Operand x,
            Operand dy,
            Object... how) {
        int taps = Math.toIntExact(kernel.area()) * in.c();
        int more = toBias == null ? 0 : in.c();
        Operand partials = l.temporary(Type.F32, (long) parts * (taps + more));
        l.launch(label, code, Packs.arguments(x, dy, partials, window, how));
        Columns.sumRuns(label, partials, parts, 1, taps, to, more, toBias, l);
    }
}
