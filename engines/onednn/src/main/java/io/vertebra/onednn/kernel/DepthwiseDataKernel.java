package io.vertebra.onednn.kernel;

import io.vertebra.onednn.natives.Window;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The gradient of the source of dilated depthwise convolutions of stride 1, for which oneDNN has only general code: tensors
 * gradient of x, gradient of y, weights. 960 channels of 65x65, 3x3 with dilation 2, two pictures, one thread: 25 ms there,
 * 8 here.
 *
 * <p>Works on one run of channels of one picture at a time, in fp32. Weights are row-major (C, 1, 1, kh, kw).
 */
public final class DepthwiseDataKernel implements Kernel {
    private final RowMath math = RowMath.BEST;
    private final Team team = Team.SHARED;
    private final Team.Task task = this::channels;
    private final Grid in;
    private final Grid out;
    private final Window window;
    private final boolean half;
    private final int run;
    private final int taps;
    private final float[][] source;
    private final float[][] gradient;
    private final float[][] weights;
    private Cells x;
    private Cells y;
    private ByteBuffer w;

    /** {@code in} and {@code out} are the grids of x and y, in one order. */
    public DepthwiseDataKernel(Grid in, Grid out, Window window, boolean half) {
        this.in = in;
        this.out = out;
        this.window = window;
        this.half = half;
        this.run = in.run();
        this.taps = (int) (window.kernel()[0] * window.kernel()[1]);
        this.source = new float[team.size()][Math.multiplyExact(in.h() * in.w(), run)];
        this.gradient = new float[team.size()][Math.multiplyExact(out.h() * out.w(), run)];
        this.weights = new float[team.size()][taps * run];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        x = new Cells(tensors[0], half);
        y = new Cells(tensors[1], half);
        w = tensors[2];
    }

    @Override
    public void run() {
        team.run((in.c() + run - 1) / run, task);
    }

    private void channels(int index, int member) {
        int c = index * run;
        float[] values = source[member];
        loadWeights(c, weights[member]);
        for (int n = 0; n < in.n(); n++) {
            y.read(out.row(n, c, 0), gradient[member], 0, gradient[member].length);
            Arrays.fill(values, 0);
            for (int tap = 0; tap < taps; tap++) {
                tap(tap, gradient[member], weights[member], values);
            }
            x.write(in.row(n, c, 0), values, 0, values.length);
        }
    }

    /** Those of channels that pad a block are zero. */
    private void loadWeights(int c, float[] into) {
        Arrays.fill(into, 0);
        for (int l = 0; l < Math.min(run, in.c() - c); l++) {
            for (int tap = 0; tap < taps; tap++) {
                into[tap * run + l] = w.getFloat(((c + l) * taps + tap) * Float.BYTES);
            }
        }
    }

    /** All cells that one weight joins: row by row, from the first column of y whose column of x exists to the last. */
    private void tap(int tap, float[] g, float[] factors, float[] into) {
        int width = (int) window.kernel()[1];
        int down = (int) (tap / width * window.dilation()[0] - window.before()[0]);
        int right = (int) (tap % width * window.dilation()[1] - window.before()[1]);
        int from = Math.max(0, -right);
        int to = Math.min(out.w(), in.w() - right);
        for (int i = 0; i < out.h(); i++) {
            int row = i + down;
            if (row >= 0 && row < in.h() && from < to) {
                int atX = (row * in.w() + from + right) * run;
                int atY = (i * out.w() + from) * run;
                math.addScaled(g, atY, factors, tap * run, to - from, run, into, atX);
            }
        }
    }
}
