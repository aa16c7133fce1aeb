package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A map times a factor a channel: tensors x, factors, y. Backwards: tensors x, factors, gradient of y, gradient of the
 * factors, and gradient of x unless nothing wants it.
 */
public final class ChannelScaleKernel implements Kernel {
    private final RowMath math = RowMath.BEST;
    private final Team team = Team.SHARED;
    private final Team.Task task = this::channels;
    private final Grid grid;
    private final Planes planes;
    private final boolean half;
    private final boolean backward;
    private final float[][] data;
    private final float[][] gradient;
    private final float[][] sums;
    private final float[] factors;
    private final float[] none;
    private final double[] totals;
    private Cells x;
    private Cells y;
    private Cells toX;
    private Cells scale;
    private ByteBuffer toScale;

    /** {@code grid} of x and of y. */
    public ChannelScaleKernel(Grid grid, boolean half, boolean backward) {
        this.grid = grid;
        this.planes = new Planes(grid);
        this.half = half;
        this.backward = backward;
        this.data = new float[team.size()][planes.length()];
        this.gradient = backward ? new float[team.size()][planes.length()] : data;
        this.sums = new float[team.size()][planes.run()];
        this.factors = new float[planes.channels()];
        this.none = new float[planes.channels()];
        this.totals = new double[planes.channels()];
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
        Arrays.fill(totals, 0);
        team.run(planes.runs(), task);
        for (int c = 0; backward && c < grid.c(); c++) {
            toScale.putFloat(c * Float.BYTES, (float) totals[c]);
        }
    }

    private void channels(int index, int member) {
        for (int n = 0; n < grid.n(); n++) {
            for (int cell = 0; cell < planes.cells(); cell += planes.chunk()) {
                chunk(n, index * planes.run(), cell, member);
            }
        }
    }

    private void chunk(int n, int c, int cell, int member) {
        int run = planes.run();
        int count = planes.count(cell);
        int at = planes.at(n, c, cell);
        float[] values = data[member];
        x.read(at, values, 0, count * run);
        if (!backward) {
            math.affine(values, 0, count, run, factors, none, c, values);
            y.write(at, values, 0, count * run);
            return;
        }
        float[] g = gradient[member];
        y.read(at, g, 0, count * run);
        Arrays.fill(sums[member], 0);
        math.dot(values, 0, run, g, 0, count, run, sums[member], 0);
        for (int l = 0; l < run; l++) {
            totals[c + l] += sums[member][l];
        }
        if (toX != null) {
            math.affine(g, 0, count, run, factors, none, c, g);
            toX.write(at, g, 0, count * run);
        }
    }
}
