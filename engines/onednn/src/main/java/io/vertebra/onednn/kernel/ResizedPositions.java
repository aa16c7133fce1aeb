package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Positions of a map that is enlarged as it is read, a row at a time: the enlarged logits never exist, and their gradient
 * is summed at the map's own size. fp32.
 */
public final class ResizedPositions implements Positions {
    private final RowMath math = RowMath.BEST;
    private final Grid grid;
    private final Taps rows;
    private final Taps columns;
    private final int padded;
    private final float[] together;
    private final float[] line;
    private final float[] other;
    private final float[] mixed;
    private final float[] sums;
    private Cells logits;
    private Cells gradient;

    /** {@code grid} of the small logits. */
    public ResizedPositions(Grid grid, Taps rows, Taps columns) {
        this.grid = grid;
        this.rows = rows;
        this.columns = columns;
        this.padded = run();
        this.together = new float[grid.w() * grid.run()];
        this.line = new float[grid.w() * padded];
        this.other = new float[line.length];
        this.mixed = new float[line.length];
        this.sums = new float[Math.multiplyExact(line.length, grid.h())];
        Arrays.fill(line, RowMath.NOTHING);
        Arrays.fill(other, RowMath.NOTHING);
    }

    @Override
    public void bind(ByteBuffer newLogits, ByteBuffer newGradient) {
        logits = new Cells(newLogits, false);
        gradient = newGradient == null ? null : new Cells(newGradient, false);
    }

    @Override
    public int pictures() {
        return grid.n();
    }

    @Override
    public int classes() {
        return grid.c();
    }

    @Override
    public int count() {
        return grid.n() * rows.size() * columns.size();
    }

    @Override
    public int chunks() {
        return rows.size();
    }

    @Override
    public int first(int picture, int chunk) {
        return (picture * rows.size() + chunk) * columns.size();
    }

    @Override
    public int size(int chunk) {
        return columns.size();
    }

    @Override
    public int largest() {
        return columns.size();
    }

    @Override
    public void load(int picture, int chunk, float[] z) {
        float f = rows.share()[chunk];
        float rest = 1 - f;
        read(picture, rows.first()[chunk], line);
        if (f == 0) {
            math.stretch(line, columns, padded, z);
            return;
        }
        read(picture, rows.second()[chunk], other);
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] = rest * line[i] + f * other[i];
        }
        math.stretch(mixed, columns, padded, z);
    }

    /** A row of the map, the classes of each cell together. */
    private void read(int picture, int row, float[] into) {
        int run = grid.run();
        for (int c = 0; c < grid.c(); c += run) {
            logits.read(grid.row(picture, c, row), together, 0, together.length);
            int real = Math.min(run, grid.c() - c);
            for (int x = 0; x < grid.w(); x++) {
                System.arraycopy(together, x * run, into, x * padded + c, real);
            }
        }
    }

    @Override
    public void store(int picture, int chunk, float[] z) {
        if (chunk == 0) {
            Arrays.fill(sums, 0);
        }
        Arrays.fill(mixed, 0);
        math.shrink(z, columns, padded, mixed);
        float f = rows.share()[chunk];
        add(1 - f, rows.first()[chunk]);
        if (f != 0) {
            add(f, rows.second()[chunk]);
        }
        if (chunk == rows.size() - 1) {
            write(picture);
        }
    }

    private void add(float factor, int row) {
        int at = row * mixed.length;
        for (int i = 0; i < mixed.length; i++) {
            sums[at + i] += factor * mixed[i];
        }
    }

    private void write(int picture) {
        int run = grid.run();
        for (int row = 0; row < grid.h(); row++) {
            for (int c = 0; c < grid.c(); c += run) {
                Arrays.fill(together, 0); // padded channels stay 0
                int real = Math.min(run, grid.c() - c);
                for (int x = 0; x < grid.w(); x++) {
                    System.arraycopy(sums, (row * grid.w() + x) * padded + c, together, x * run, real);
                }
                gradient.write(grid.row(picture, c, row), together, 0, together.length);
            }
        }
    }
}
