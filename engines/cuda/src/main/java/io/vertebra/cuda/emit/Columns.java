package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Call.Label;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Linear;
import io.vertebra.graph.plan.Unit;
import java.util.List;

/** Sums over the rows of a matrix: of runs of rows first, then of the runs. */
final class Columns {
    static final String FILE = "sums";
    /** Columns of a block of the second pass. */
    private static final int WIDTH = 8;

    private Columns() {}

    /**
     * Sums of runs of rows that came off when a tensor was computed.
     *
     * @param sums F32 (runs, columns)
     */
    record Partials(Operand sums, int runs) {}

    /**
     * The columns of a value whose gradient is summed for a bias, or 0: whoever computes it may add it up in the same pass, and
     * say so by {@link Lowering#partials(Operand, Partials)}.
     */
    static int wanted(int value, Lowering l) {
        Unit before = l.program().producer(value);
        boolean takesItWhole = l.program().isPrivate(value) && before.activation() == null;
        return takesItWhole ? wanted(before, l) : 0;
    }

    /** The same of what a unit has before its function. */
    static int wanted(Unit unit, Lowering l) {
        boolean trains = l.form().trains(unit.node().parameter("bias"));
        if (trains && unit.node().op() instanceof Convolution op) {
            return op.out();
        }
        return trains && unit.node().op() instanceof Linear op ? op.out() : 0;
    }

    /**
     * Adds up all rows.
     *
     * @param target F32 (columns)
     */
    static void sum(Label label, Operand x, long rows, int columns, Operand target, Lowering l) {
        Partials known = l.partials(x);
        if (known != null) {
            sumRuns(label, known.sums(), known.runs(), 1, columns, target, l);
            return;
        }
        Tiles tiles = Tiles.ofSums(x.type(), 1, rows, columns);
        Operand partials = l.temporary(Type.F32, (long) tiles.runs() * columns);
        tiles.launch(label, FILE, "sum_rows", l, List.of(x, partials));
        sumRuns(label, partials, tiles.runs(), 1, columns, target, l);
    }

    /**
     * Adds up the runs of each picture: partials (pictures, runs, channels).
     *
     * @param target (pictures, channels)
     */
    static void sumRuns(
            Label label, Operand partials, int runs, int pictures, int channels, Operand target, Lowering l) {
        sumRuns(label, partials, runs, pictures, channels, target, 0, null, l);
    }

    /**
     * The same of two sets: partials (pictures, runs, channels + more).
     *
     * @param first (pictures, channels)
     * @param second (pictures, more), of the first's type
     */
    static void sumRuns(
            Label label,
            Operand partials,
            int runs,
            int pictures,
            int channels,
            Operand first,
            int more,
            Operand second,
            Lowering l) {
        int blocks = Grid.blocks((long) channels + more, WIDTH);
        Grid grid = Grid.of(Math.multiplyExact(pictures, blocks), Grid.THREADS);
        l.launch(
                label,
                new Kernel(FILE, "sum_runs", first.type(), grid),
                partials,
                first,
                second,
                channels,
                more,
                runs,
                blocks);
    }
}
