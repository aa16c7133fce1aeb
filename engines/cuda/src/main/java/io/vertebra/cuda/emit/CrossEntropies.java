package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;

/** Which kernels compute cross entropies: by how many classes, a few threads, a warp or a block take a row. */
final class CrossEntropies {
    private static final String FILE = "cross_entropy";

    /** A warp keeps up to 32 values a thread in registers. */
    private static final int MOST_OF_A_WARP = 1024;

    private static final int FEW = 32;
    private static final int ROWS_OF_FEW = 32;
    private static final int ROWS_OF_WARPS = 8;
    private static final int WIDE_THREADS = 512;
    private static final int[] SIZES = {FEW, 128, 256, MOST_OF_A_WARP};

    private final Loss loss;
    private final int rows;
    private final int classes;

    /** Over the rows of a matrix or the cells of a map. */
    CrossEntropies(Loss loss) {
        this.loss = loss;
        Shape s = loss.shape();
        this.classes = s.rank() == 3 ? s.get(2) : s.c();
        this.rows = Math.toIntExact(s.elements() / classes);
    }

    int rows() {
        return rows;
    }

    int classes() {
        return classes;
    }

    private boolean isWide() {
        return classes > MOST_OF_A_WARP;
    }

    /** The name of a kernel says the most classes that it takes. */
    private String suffix() {
        for (int size : SIZES) {
            if (classes <= size) {
                return "_" + size;
            }
        }
        return "_wide";
    }

    private Grid grid() {
        return isWide() ? rowBlocks() : loss.turns(rows, classes <= FEW ? ROWS_OF_FEW : ROWS_OF_WARPS);
    }

    /** Where a block takes a row. */
    private Grid rowBlocks() {
        return Grid.of(loss.turns(rows, 1).x(), WIDE_THREADS);
    }

    /** The loss of each row, unweighted; −1 where the label is to be ignored. */
    Operand losses(Operand labels, int ignore) {
        Operand losses = loss.floats(rows);
        loss.launch(FILE, "label_losses" + suffix(), grid(), loss.logits(), labels, ignore, classes, rows, losses);
        return losses;
    }

    /**
     * The loss of the rows that count, and its gradient.
     *
     * @param weights of the classes, or {@code null}
     * @param allWeights their sum
     * @param scale one over the divisor; the constant where it is {@code null}
     */
    Backward ofClasses(
            Operand labels,
            int ignore,
            Operand weights,
            float allWeights,
            float smoothing,
            Operand scale,
            float constant) {
        Grid grid = grid();
        Operand partial = loss.partial(grid);
        loss.launch(
                FILE,
                "cross_entropy" + suffix(),
                grid,
                loss.logits(),
                labels,
                weights,
                allWeights,
                smoothing,
                ignore,
                classes,
                rows,
                scale,
                constant,
                partial,
                loss.gradient());
        return loss.total(partial, grid, scale, constant);
    }

    /** The same for soft labels. */
    Backward ofShares(Operand shares, Operand weights, float smoothing) {
        Grid grid = rowBlocks();
        Operand partial = loss.partial(grid);
        loss.launch(
                FILE,
                "cross_entropy_soft",
                grid,
                loss.logits(),
                shares,
                weights,
                smoothing,
                classes,
                rows,
                partial,
                loss.gradient());
        return loss.total(partial, grid, null, 1f / rows);
    }

    /** The labels of the hardest positions; others become the label to ignore. */
    Operand hardest(Operand labels, int ignore, SoftmaxCrossEntropy.Hardest hardest, int pictures) {
        Operand losses = losses(labels, ignore);
        Operand search = loss.ints(2);
        Grid grid = loss.turns(rows, 4 * Grid.THREADS);
        Operand counts = loss.ints(16L * grid.x());
        long kept = (long) hardest.minKept() * pictures;
        for (int shift = 28; shift >= 0; shift -= 4) {
            loss.launch("hardest", "hardest_count", grid, losses, rows, search, shift, counts);
            loss.launch("hardest", "hardest_digit", Grid.of(1, Grid.THREADS), counts, grid.x(), kept, shift, search);
        }
        float limit = (float) -Math.log(hardest.threshold()); // a probability below a bound is a loss above it
        Operand chosen = loss.ints(rows);
        loss.launch("hardest", "hardest_choose", Grid.over(rows), losses, labels, search, limit, ignore, rows, chosen);
        return chosen;
    }
}
