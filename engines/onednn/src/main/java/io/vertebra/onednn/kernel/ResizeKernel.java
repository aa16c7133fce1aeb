package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Maps at another size: tensors x, y; or, backwards, their gradients, summed in fp32. Works in any order, on runs of
 * channels that lie together; rows are mixed before columns.
 */
public final class ResizeKernel implements Kernel {
    private final RowMath math = RowMath.BEST;
    private final Grid in;
    private final Grid out;
    private final Taps rows;
    private final Taps columns;
    private final boolean half;
    private final boolean backward;
    private final int run;
    private final float[] line;
    private final float[] other;
    private final float[] wide;
    private final float[] sums;
    private Cells x;
    private Cells y;

    /** {@code in} and {@code out} are the grids of x and y in both directions, in one order. */
    public ResizeKernel(Grid in, Grid out, Taps rows, Taps columns, boolean half, boolean backward) {
        this.in = in;
        this.out = out;
        this.rows = rows;
        this.columns = columns;
        this.half = half;
        this.backward = backward;
        this.run = in.run();
        this.line = new float[in.w() * run];
        this.other = new float[in.w() * run];
        this.wide = new float[out.w() * run];
        this.sums = backward ? new float[Math.multiplyExact(in.h(), line.length)] : new float[0];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        x = new Cells(tensors[0], half);
        y = new Cells(tensors[1], half);
    }

    @Override
    public void run() {
        for (int n = 0; n < in.n(); n++) {
            for (int c = 0; c < in.c(); c += run) {
                if (backward) {
                    spread(n, c);
                } else {
                    enlarge(n, c);
                }
            }
        }
    }

    private void enlarge(int n, int c) {
        for (int i = 0; i < rows.size(); i++) {
            float f = rows.share()[i];
            x.read(in.row(n, c, rows.first()[i]), line, 0, line.length);
            if (f != 0) {
                x.read(in.row(n, c, rows.second()[i]), other, 0, other.length);
                mix(line, other, f);
            }
            math.stretch(line, columns, run, wide);
            y.write(out.row(n, c, i), wide, 0, wide.length);
        }
    }

    private static void mix(float[] a, float[] b, float f) {
        float rest = 1 - f;
        for (int i = 0; i < a.length; i++) {
            a[i] = rest * a[i] + f * b[i];
        }
    }

    private void spread(int n, int c) {
        Arrays.fill(sums, 0);
        for (int i = 0; i < rows.size(); i++) {
            y.read(out.row(n, c, i), wide, 0, wide.length);
            Arrays.fill(line, 0);
            math.shrink(wide, columns, run, line);
            addRow(i, line, sums);
        }
        for (int h = 0; h < in.h(); h++) {
            x.write(in.row(n, c, h), sums, h * line.length, line.length);
        }
    }

    private void addRow(int i, float[] row, float[] target) {
        float f = rows.share()[i];
        add(row, 1 - f, target, rows.first()[i] * row.length);
        if (f != 0) {
            add(row, f, target, rows.second()[i] * row.length);
        }
    }

    private static void add(float[] row, float factor, float[] target, int at) {
        for (int i = 0; i < row.length; i++) {
            target[at + i] += factor * row[i];
        }
    }
}
