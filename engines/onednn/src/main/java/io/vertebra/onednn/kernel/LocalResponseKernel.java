package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.LocalResponseNorm;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Values divided by a power of what their neighbours along the channels hold: tensors x, y. Backwards: tensors x, gradient
 * of y, gradient of x. oneDNN has windows with a middle only, and is fast for five channels alone.
 *
 * <p>Rows of maps are brought into the order (C, W), where all loops run over neighbours in memory.
 */
public final class LocalResponseKernel implements Kernel {
    private static final double USUAL_POWER = 0.75;

    private final Team team = Team.SHARED;
    private final Team.Task task = this::row;
    private final LocalResponseNorm op;
    private final Grid grid;
    private final boolean half;
    private final boolean backward;
    private final int width;
    private final float share;
    private final float pull;
    private final float[][] lying;
    private final float[][] values;
    private final float[][] gradients;
    private final float[][] ratios;
    private final float[][] bases;
    private Cells x;
    private Cells y;
    private Cells toX;

    /** {@code grid} of x and of y. */
    public LocalResponseKernel(Grid grid, boolean half, LocalResponseNorm op, boolean backward) {
        this.op = op;
        this.grid = grid;
        this.half = half;
        this.backward = backward;
        this.width = grid.w();
        this.share = (float) (op.alpha() / op.size());
        this.pull = (float) (2 * op.beta() * op.alpha() / op.size());
        int length = Math.multiplyExact(grid.c(), width);
        this.lying = new float[team.size()][Math.multiplyExact(grid.run(), width)];
        this.values = new float[team.size()][length];
        this.gradients = new float[team.size()][backward ? length : 0];
        this.ratios = new float[team.size()][backward ? length : 0];
        this.bases = new float[team.size()][length];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        x = new Cells(tensors[0], half);
        y = new Cells(tensors[1], half);
        toX = backward ? new Cells(tensors[2], half) : null;
    }

    @Override
    public void run() {
        team.run(grid.n() * grid.h(), task);
    }

    private void row(int index, int member) {
        int n = index / grid.h();
        int i = index % grid.h();
        float[] value = values[member];
        float[] base = bases[member];
        read(x, n, i, lying[member], value);
        sumSquares(value, base);
        if (backward) {
            read(y, n, i, lying[member], gradients[member]);
            differentiate(value, gradients[member], base, ratios[member]);
            write(toX, n, i, lying[member], gradients[member]);
        } else {
            divide(value, base);
            write(y, n, i, lying[member], value);
        }
    }

    /** k + α/size · Σ x² over the neighbours of each channel. */
    private void sumSquares(float[] value, float[] base) {
        for (int c = 0; c < grid.c(); c++) {
            int at = c * width;
            Arrays.fill(base, at, at + width, 0);
            for (int m = Math.max(0, c - op.before()); m <= Math.min(grid.c() - 1, c + op.behind()); m++) {
                int from = m * width;
                for (int w = 0; w < width; w++) {
                    base[at + w] += value[from + w] * value[from + w];
                }
            }
        }
        float k = (float) op.k();
        for (int at = 0; at < base.length; at++) {
            base[at] = k + share * base[at];
        }
    }

    /** Divides by powers of the bases. */
    private void divide(float[] dividends, float[] base) {
        if (op.beta() == USUAL_POWER) {
            for (int at = 0; at < base.length; at++) {
                float root = (float) Math.sqrt(base[at]);
                dividends[at] /= root * (float) Math.sqrt(root);
            }
            return;
        }
        for (int at = 0; at < base.length; at++) {
            dividends[at] *= (float) Math.pow(base[at], -op.beta());
        }
    }

    /**
     * Gradients of y become those of x: dx = dy · s^−β − 2αβ/size · x · Σ dy · x · s^(−β−1) over the channels whose neighbour
     * this one is, with s the base of each.
     */
    private void differentiate(float[] value, float[] gradient, float[] base, float[] ratio) {
        divide(gradient, base);
        for (int at = 0; at < base.length; at++) {
            ratio[at] = gradient[at] * value[at] / base[at];
        }
        float[] sums = base;
        for (int c = 0; c < grid.c(); c++) {
            int at = c * width;
            Arrays.fill(sums, at, at + width, 0);
            for (int m = Math.max(0, c - op.behind()); m <= Math.min(grid.c() - 1, c + op.before()); m++) {
                int from = m * width;
                for (int w = 0; w < width; w++) {
                    sums[at + w] += ratio[from + w];
                }
            }
        }
        for (int at = 0; at < gradient.length; at++) {
            gradient[at] -= pull * value[at] * sums[at];
        }
    }

    /** A row of all channels, by way of how it lies. */
    private void read(Cells from, int n, int i, float[] block, float[] into) {
        int run = grid.run();
        for (int c = 0; c < grid.c(); c += run) {
            from.read(grid.row(n, c, i), block, 0, run * width);
            int count = Math.min(run, grid.c() - c);
            for (int k = 0; k < count; k++) {
                for (int w = 0; w < width; w++) {
                    into[(c + k) * width + w] = block[w * run + k];
                }
            }
        }
    }

    /** The same back; channels that pad a block become 0. */
    private void write(Cells to, int n, int i, float[] block, float[] from) {
        int run = grid.run();
        for (int c = 0; c < grid.c(); c += run) {
            int count = Math.min(run, grid.c() - c);
            Arrays.fill(block, 0, count < run ? run * width : 0, 0);
            for (int k = 0; k < count; k++) {
                for (int w = 0; w < width; w++) {
                    block[w * run + k] = from[(c + k) * width + w];
                }
            }
            to.write(grid.row(n, c, i), block, 0, run * width);
        }
    }
}
