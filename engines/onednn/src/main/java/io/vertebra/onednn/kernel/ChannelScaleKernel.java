package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A map times a factor a channel: tensors x, factors, y. Backwards: tensors x, factors, gradient of y, gradient of the
 * factors, and gradient of x unless nothing wants it.
 */
public final class ChannelScaleKernel implements Kernel {
    private final RowMath math = RowMath.BEST;
    private final Grid grid;
    private final Planes planes;
    private final boolean half;
    private final boolean backward;
    private final float[] data;
    private final float[] gradient;
    private final float[] factors;
    private final float[] none;
    private final float[] sums;
    private final double[] totals;
    private Cells x;
    private Cells y;
    private Cells toX;
    private ByteBuffer scale;
    private ByteBuffer toScale;

    /** {@code grid} of x and of y. */
    public ChannelScaleKernel(Grid grid, boolean half, boolean backward) {
        this.grid = grid;
        this.planes = new Planes(grid);
        this.half = half;
        this.backward = backward;
        this.data = planes.buffer();
        this.gradient = backward ? planes.buffer() : data;
        this.factors = new float[planes.channels()];
        this.none = new float[planes.channels()];
        this.sums = new float[planes.run()];
        this.totals = new double[planes.channels()];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        x = new Cells(tensors[0], half);
        scale = tensors[1];
        y = new Cells(tensors[2], half);
        toScale = backward ? tensors[3] : null;
        toX = tensors.length > 4 ? new Cells(tensors[4], half) : null;
    }

    @Override
    public void run() {
        for (int c = 0; c < grid.c(); c++) {
            factors[c] = scale.getFloat(c * Float.BYTES);
        }
        Arrays.fill(totals, 0);
        for (int n = 0; n < grid.n(); n++) {
            for (int c = 0; c < planes.channels(); c += planes.run()) {
                plane(n, c);
            }
        }
        for (int c = 0; backward && c < grid.c(); c++) {
            toScale.putFloat(c * Float.BYTES, (float) totals[c]);
        }
    }

    private void plane(int n, int c) {
        int run = planes.run();
        for (int cell = 0; cell < planes.cells(); cell += planes.chunk()) {
            int count = planes.count(cell);
            int at = planes.at(n, c, cell);
            x.read(at, data, 0, count * run);
            if (!backward) {
                math.affine(data, 0, count, run, factors, none, c, data);
                y.write(at, data, 0, count * run);
                continue;
            }
            y.read(at, gradient, 0, count * run);
            Arrays.fill(sums, 0);
            math.dot(data, 0, run, gradient, 0, count, run, sums, 0);
            for (int l = 0; l < run; l++) {
                totals[c + l] += sums[l];
            }
            if (toX != null) {
                math.affine(gradient, 0, count, run, factors, none, c, gradient);
                toX.write(at, gradient, 0, count * run);
            }
        }
    }
}
