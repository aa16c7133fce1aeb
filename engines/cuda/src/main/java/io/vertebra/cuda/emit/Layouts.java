package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Call.Label;
import io.vertebra.graph.op.Shape;
import java.util.List;

/** Between row-major F32 and maps that lie channels last, and casts between types. */
final class Layouts {
    private static final String FILE = "layouts";
    private static final int SQUARE = 32;
    /** Up to here a thread takes all channels of a cell. */
    private static final int FEW = 8;

    private static final int BYTES_OF_A_WORD = 4;

    private Layouts() {}

    /** Casts the elements of a tensor: from I32, or where one of the types is F32. */
    static Operand cast(Label label, Operand from, Type wanted, Lowering l) {
        Operand to = l.temporary(wanted, from.elements());
        boolean integers = from.type() == Type.I32;
        boolean widens = wanted == Type.F32 && !integers;
        Type values = widens ? from.type() : wanted;
        String function = integers ? "cast_from_integers" : widens ? "cast_to_float" : "cast_from_float";
        l.launch(label, new Kernel(FILE, function, values, Grid.over(from.elements())), from, to, from.elements());
        return to;
    }

    /** F32 (N, C, H, W) to a map. */
    static void toRows(Label label, Operand planes, Operand map, Shape shape, Lowering l) {
        turn(label, "planes_to_", "", planes, map, map.type(), shape, l);
    }

    /** A map to F32 (N, C, H, W). */
    static void toPlanes(Label label, Operand map, Operand planes, Shape shape, Lowering l) {
        turn(label, "", "_to_planes", map, planes, map.type(), shape, l);
    }

    /** Bytes that stand for floats, as {@link HostCopies} lays them out, to a map. */
    static Call decoding(Label label, Operand bytes, Operand map, int channels) {
        Grid grid = Grid.over((map.elements() + BYTES_OF_A_WORD - 1) / BYTES_OF_A_WORD);
        Kernel kernel = new Kernel(FILE, "bytes_to_map", map.type(), grid);
        return new Call.Launch(label, kernel, List.of(bytes, map, map.elements(), channels));
    }

    private static void turn(
            Label label, String before, String after, Operand from, Operand to, Type type, Shape shape, Lowering l) {
        long cells = (long) shape.h() * shape.w();
        int channels = shape.c();
        boolean few = channels <= FEW;
        Grid grid = few
                ? new Grid(Grid.blocks(cells, Grid.THREADS), shape.n(), 1, Grid.THREADS)
                : new Grid(Grid.blocks(cells, SQUARE), Grid.blocks(channels, SQUARE), shape.n(), Grid.THREADS);
        String function = before + (few ? "few_channels" : "channels") + after;
        l.launch(label, new Kernel(FILE, function, type, grid), from, to, cells, channels);
    }
}
