package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The backward pass of a map times a gate of one number a channel and picture: tensors x, gate, gradient of y, gradient of
 * the gate, and gradient of x unless nothing wants it.
 */
public final class GateKernel implements Kernel {
    private final RowMath math = RowMath.BEST;
    private final Team team = Team.SHARED;
    private final Team.Task task = this::plane;
    private final Grid grid;
    private final Planes planes;
    private final Grid gates;
    private final boolean half;
    private final float[][] data;
    private final float[][] gradient;
    private final float[][] factors;
    private final float[][] sums;
    private final float[] none;
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
        this.data = new float[team.size()][planes.length()];
        this.gradient = new float[team.size()][planes.length()];
        this.factors = new float[team.size()][planes.run()];
        this.sums = new float[team.size()][planes.run()];
        this.none = new float[planes.run()];
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
        team.run(grid.n() * planes.runs(), task);
    }

    private void plane(int index, int member) {
        int run = planes.run();
        int n = index / planes.runs();
        int c = index % planes.runs() * run;
        float[] values = data[member];
        float[] g = gradient[member];
        gate.read(gates.row(n, c, 0), factors[member], 0, run);
        Arrays.fill(sums[member], 0);
        for (int cell = 0; cell < planes.cells(); cell += planes.chunk()) {
            int count = planes.count(cell);
            int at = planes.at(n, c, cell);
            x.read(at, values, 0, count * run);
            toY.read(at, g, 0, count * run);
            math.dot(values, 0, run, g, 0, count, run, sums[member], 0);
            if (toX != null) {
                math.affine(g, 0, count, run, factors[member], none, 0, g);
                toX.write(at, g, 0, count * run);
            }
        }
        toGate.write(gates.row(n, c, 0), sums[member], 0, run);
    }
}
