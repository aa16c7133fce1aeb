package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.emit.Call.Label;

/** Columns of rows, copied from one matrix into another. */
final class Copies {
    private static final String FILE = "moves";

    private Copies() {}

    /**
     * Columns of a matrix.
     *
     * @param matrix where they are
     * @param first the first of them
     * @param pitch columns of the matrix
     */
    record Columns(Operand matrix, long first, long pitch) {
        private boolean startAt(int multiple) {
            return first % multiple == 0 && pitch % multiple == 0;
        }
    }

    static void copy(Label label, Columns from, Columns to, long rows, int count, Lowering l) {
        int pack = Packs.of(FILE, from.matrix().type(), count).size();
        Packs packs = Packs.of(FILE, from.matrix().type(), count, from.startAt(pack) && to.startAt(pack));
        l.launch(
                label,
                packs.each("copy_channels", rows),
                from.matrix(),
                from.first(),
                from.pitch(),
                to.matrix(),
                to.first(),
                to.pitch(),
                rows,
                count);
    }

    static void clear(Label label, Columns to, long rows, int count, Lowering l) {
        Kernel kernel = new Kernel(FILE, "clear_channels", to.matrix().type(), Grid.over(rows * count));
        l.launch(label, kernel, to.matrix(), to.first(), to.pitch(), rows, count);
    }
}
