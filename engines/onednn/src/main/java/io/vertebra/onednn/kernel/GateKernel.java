package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The backward pass of a map times a gate of one number a channel and picture: tensors x, gate, gradient of y, gradient of
 * the gate, and gradient of x unless nothing wants it.
 */
public final class GateKernel implements Kernel {
    private final RowMath math = RowMath.BEST;
    private final Grid grid;
    private final Planes planes;
    private final Grid gates;
    private final boolean half;
    private final float[] data;
    private final float[] gradient;
    private final float[] factors;
    private final float[] none;
    private final float[] sums;
    private Cells x;
    private Cells gate;
    private Cells toY;
    private Cells toGate;
    private Cells toX;

    /** {@code grid} of x, {@code gates} of the gate, in the same order. */
    public GateKernel(Grid grid, Grid gates, boolean half) {
        this.grid = grid;
        this.planes = new Planes(grid);
        this.gates = gates;
        this.half = half;
        this.data = planes.buffer();
        this.gradient = planes.buffer();
        this.factors = new float[planes.run()];
        this.none = new float[planes.run()];
        this.sums = new float[planes.run()];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        x = new Cells(tensors[0], half);
        gate = new Cells(tensors[1], half);
        toY = new Cells(tensors[2], half);
        toGate = new Cells(tensors[3], half);
        toX = tensors.length > 4 ? new Cells(tensors[4], half) : null;
    }

    @Override
    public void run() {
        for (int n = 0; n < grid.n(); n++) {
            for (int c = 0; c < planes.channels(); c += planes.run()) {
                plane(n, c);
            }
        }
    }

    private void plane(int n, int c) {
        int run = planes.run();
        gate.read(gates.row(n, c, 0), factors, 0, run);
        Arrays.fill(sums, 0);
        for (int cell = 0; cell < planes.cells(); cell += planes.chunk()) {
            int count = planes.count(cell);
            int at = planes.at(n, c, cell);
            x.read(at, data, 0, count * run);
            toY.read(at, gradient, 0, count * run);
            math.dot(data, 0, run, gradient, 0, count, run, sums, 0);
            if (toX != null) {
                math.affine(gradient, 0, count, run, factors, none, 0, gradient);
                toX.write(at, gradient, 0, count * run);
            }
        }
        toGate.write(gates.row(n, c, 0), sums, 0, run);
    }
}
