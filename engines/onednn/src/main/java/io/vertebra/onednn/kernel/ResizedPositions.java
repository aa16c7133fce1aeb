package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Positions of a map that is enlarged as it is read, a row at a time: the enlarged logits never exist, and their gradient
 * is summed at the map's own size. fp32.
 */
public final class ResizedPositions implements Positions {
    private static final int LANES = RowMath.LANES;

    private final Grid grid;
    private final Taps rows;
    private final Taps columns;
    private final int stride;
    private final float[] run;
    private final float[] line;
    private final float[] other;
    private final float[] sums;
    private Cells logits;
    private Cells gradient;

    /** {@code grid} of the small logits. */
    public ResizedPositions(Grid grid, Taps rows, Taps columns) {
        this.grid = grid;
        this.rows = rows;
        this.columns = columns;
        this.stride = (columns.size() + LANES - 1) / LANES * LANES;
        this.run = new float[grid.w() * grid.run()];
        this.line = new float[grid.w() * grid.c()];
        this.other = new float[line.length];
        this.sums = new float[Math.multiplyExact(line.length, grid.h())];
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
    public int stride() {
        return stride;
    }

    @Override
    public void load(int picture, int chunk, float[] z) {
        float f = rows.share()[chunk];
        planes(picture, rows.first()[chunk], line);
        if (f != 0) {
            planes(picture, rows.second()[chunk], other);
            float rest = 1 - f;
            for (int i = 0; i < line.length; i++) {
                line[i] = rest * line[i] + f * other[i];
            }
        }
        int w = grid.w();
        for (int k = 0; k < grid.c(); k++) {
            stretch(k * w, z, k * stride);
            Arrays.fill(z, k * stride + columns.size(), (k + 1) * stride, 0);
        }
    }

    /** A row of the map, class after class. */
    private void planes(int picture, int row, float[] into) {
        int width = grid.w();
        int together = grid.run();
        for (int c = 0; c < grid.c(); c += together) {
            logits.read(grid.row(picture, c, row), run, 0, run.length);
            for (int i = 0; i < Math.min(together, grid.c() - c); i++) {
                for (int x = 0; x < width; x++) {
                    into[(c + i) * width + x] = run[x * together + i];
                }
            }
        }
    }

    private void stretch(int from, float[] z, int to) {
        int[] first = columns.first();
        int[] second = columns.second();
        float[] share = columns.share();
        for (int x = 0; x < share.length; x++) {
            float f = share[x];
            z[to + x] = (1 - f) * line[from + first[x]] + f * line[from + second[x]];
        }
    }

    @Override
    public void store(int picture, int chunk, float[] z) {
        if (chunk == 0) {
            Arrays.fill(sums, 0);
        }
        Arrays.fill(line, 0);
        for (int k = 0; k < grid.c(); k++) {
            shrink(z, k * stride, k * grid.w());
        }
        float f = rows.share()[chunk];
        add(1 - f, rows.first()[chunk]);
        if (f != 0) {
            add(f, rows.second()[chunk]);
        }
        if (chunk == rows.size() - 1) {
            write(picture);
        }
    }

    private void shrink(float[] z, int from, int to) {
        int[] first = columns.first();
        int[] second = columns.second();
        float[] share = columns.share();
        for (int x = 0; x < share.length; x++) {
            float part = share[x] * z[from + x];
            line[to + first[x]] += z[from + x] - part;
            line[to + second[x]] += part;
        }
    }

    private void add(float factor, int row) {
        int at = row * line.length;
        for (int i = 0; i < line.length; i++) {
            sums[at + i] += factor * line[i];
        }
    }

    private void write(int picture) {
        int width = grid.w();
        int together = grid.run();
        for (int row = 0; row < grid.h(); row++) {
            for (int c = 0; c < grid.c(); c += together) {
                Arrays.fill(run, 0); // padded channels stay 0
                for (int i = 0; i < Math.min(together, grid.c() - c); i++) {
                    for (int x = 0; x < width; x++) {
                        run[x * together + i] = sums[row * line.length + (c + i) * width + x];
                    }
                }
                gradient.write(grid.row(picture, c, row), run, 0, run.length);
            }
        }
    }
}
