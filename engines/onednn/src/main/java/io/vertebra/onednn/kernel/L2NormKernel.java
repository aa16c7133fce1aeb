package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Cells scaled to length 1 over their channels, then by a factor a channel: tensors x, scale, y. Backwards: tensors x,
 * scale, gradient of y, gradient of the scale, and gradient of x unless nothing wants it.
 */
public final class L2NormKernel implements Kernel {
    private final Grid grid;
    private final boolean half;
    private final double epsilon;
    private final boolean backward;
    private final int run;
    private final int padded;
    private final float[] row;
    private final float[] other;
    private final float[] factors;
    private final double[] ofScale;
    private final double[] squares;
    private final double[] products;
    private Cells x;
    private Cells y;
    private Cells toX;
    private Cells scale;
    private ByteBuffer toScale;

    /** {@code grid} of x and of y. */
    public L2NormKernel(Grid grid, boolean half, double epsilon, boolean backward) {
        this.grid = grid;
        this.half = half;
        this.epsilon = epsilon;
        this.backward = backward;
        this.run = grid.run();
        this.padded = (grid.c() + run - 1) / run * run;
        this.row = new float[padded * grid.w()];
        this.other = new float[backward ? row.length : 0];
        this.factors = new float[padded];
        this.ofScale = new double[padded];
        this.squares = new double[grid.w()];
        this.products = new double[grid.w()];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        x = new Cells(tensors[0], half);
        scale = new Cells(tensors[1], false);
        y = new Cells(tensors[2], half);
        toScale = backward ? tensors[3] : null;
        toX = tensors.length > 4 ? new Cells(tensors[4], half) : null;
    }

    @Override
    public void run() {
        scale.read(0, factors, 0, grid.c());
        Arrays.fill(ofScale, 0);
        for (int n = 0; n < grid.n(); n++) {
            for (int i = 0; i < grid.h(); i++) {
                read(x, n, i, row);
                sumProducts(row, row, squares, false);
                if (backward) {
                    differentiate(n, i);
                } else {
                    normalize(n, i);
                }
            }
        }
        for (int c = 0; backward && c < grid.c(); c++) {
            toScale.putFloat(c * Float.BYTES, (float) ofScale[c]);
        }
    }

    private void read(Cells from, int n, int i, float[] into) {
        int length = run * grid.w();
        for (int c = 0; c < padded; c += run) {
            from.read(grid.row(n, c, i), into, c * grid.w(), length);
        }
    }

    private void write(Cells to, int n, int i, float[] values) {
        int length = run * grid.w();
        for (int c = 0; c < padded; c += run) {
            to.write(grid.row(n, c, i), values, c * grid.w(), length);
        }
    }

    /** Sums over the channels of each column, of a · b or of s · a · b. */
    private void sumProducts(float[] a, float[] b, double[] sums, boolean scaled) {
        Arrays.fill(sums, 0);
        for (int c = 0; c < padded; c += run) {
            for (int w = 0; w < grid.w(); w++) {
                int at = c * grid.w() + w * run;
                double sum = 0;
                for (int k = 0; k < run; k++) {
                    sum += (scaled ? factors[c + k] : 1.0) * a[at + k] * b[at + k];
                }
                sums[w] += sum;
            }
        }
    }

    private void normalize(int n, int i) {
        for (int c = 0; c < padded; c += run) {
            for (int w = 0; w < grid.w(); w++) {
                int at = c * grid.w() + w * run;
                float inverse = (float) (1 / Math.max(Math.sqrt(squares[w]), epsilon));
                for (int k = 0; k < run; k++) {
                    row[at + k] *= factors[c + k] * inverse;
                }
            }
        }
        write(y, n, i, row);
    }

    /** dx = s · g / l − x · Σ(s · g · x) / l³ where the length l is above ε, s · g / ε else. */
    private void differentiate(int n, int i) {
        read(y, n, i, other);
        sumProducts(row, other, products, true);
        for (int c = 0; c < padded; c += run) {
            for (int w = 0; w < grid.w(); w++) {
                int at = c * grid.w() + w * run;
                double length = Math.sqrt(squares[w]);
                double inverse = 1 / Math.max(length, epsilon);
                double pull = length > epsilon ? products[w] * inverse * inverse * inverse : 0;
                for (int k = 0; k < run; k++) {
                    ofScale[c + k] += other[at + k] * row[at + k] * inverse;
                    row[at + k] = (float) (inverse * factors[c + k] * other[at + k] - pull * row[at + k]);
                }
            }
        }
        if (toX != null) {
            write(toX, n, i, row);
        }
    }
}
