package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Call.Label;
import java.util.List;

/** Sums over the rows of a matrix: of runs of rows first, then of the runs. */
final class Columns {
    private static final String FILE = "sums";
    /** Columns of a block of the second pass. */
    private static final int WIDTH = 8;

    private Columns() {}

    /**
     * Adds up all rows.
     *
     * @param target F32 (columns)
     */
    static void sum(Label label, Operand x, long rows, int columns, Operand target, Lowering l) {
        Tiles tiles = Tiles.ofSums(x.type(), 1, rows, columns);
        Operand partials = l.temporary(Type.F32, (long) tiles.runs() * columns);
        tiles.launch(label, FILE, "sum_rows", l, List.of(x, partials));
        sumRuns(label, partials, tiles.runs(), 1, columns, target, null, l);
    }

    /**
     * Adds up the runs of each picture: partials (pictures, runs, sets, channels).
     *
     * @param first (pictures, channels)
     * @param second the same for a second set, of the first's type, or {@code null} where there is one set
     */
    static void sumRuns(
            Label label,
            Operand partials,
            int runs,
            int pictures,
            int channels,
            Operand first,
            Operand second,
            Lowering l) {
        int blocks = Grid.blocks((second == null ? 1L : 2L) * channels, WIDTH);
        Grid grid = Grid.of(Math.multiplyExact(pictures, blocks), Grid.THREADS);
        l.launch(
                label,
                new Kernel(FILE, "sum_runs", first.type(), grid),
                partials,
                first,
                second,
                channels,
                runs,
                blocks);
    }
}
