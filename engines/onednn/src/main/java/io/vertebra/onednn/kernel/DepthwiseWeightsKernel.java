package io.vertebra.onednn.kernel;

import io.vertebra.onednn.natives.Window;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The gradient of the weights of depthwise convolutions that oneDNN has only general code for, dilated ones and kernels
 * above 3x3: tensors x, gradient of y, gradient of the weights, and that of the bias if there is one. 7x7, 96 channels of
 * 56x56, eight pictures, one thread: 25 ms in fp32 and 32 in bf16 there, 3 and 5 here.
 *
 * <p>Works on one run of channels of one picture at a time, in fp32, in rows with their padding, so that all taps of a row
 * of the kernel are summed together. The gradient is row-major (C, 1, 1, kh, kw).
 */
public final class DepthwiseWeightsKernel implements Kernel {
    private final RowMath math = RowMath.BEST;
    private final Team team = Team.SHARED;
    private final Team.Task task = this::channels;
    private final Grid in;
    private final Grid out;
    private final Window window;
    private final boolean half;
    private final int run;
    private final int taps;
    private final int before;
    private final int columns;
    private final float[][] source;
    private final float[][] gradient;
    private final float[][] sums;
    private final float[] ones;
    private Cells x;
    private Cells y;
    private ByteBuffer toWeights;
    private ByteBuffer toBias;

    /** {@code in} and {@code out} are the grids of x and y, in one order. */
    public DepthwiseWeightsKernel(Grid in, Grid out, Window window, boolean half) {
        this.in = in;
        this.out = out;
        this.window = window;
        this.half = half;
        this.run = in.run();
        int width = (int) window.kernel()[1];
        this.taps = (int) window.kernel()[0] * width;
        this.before = (int) window.before()[1];
        this.columns = Math.toIntExact((out.w() - 1L) * window.stride()[1] + (width - 1L) * window.dilation()[1] + 1);
        this.source = new float[team.size()][Math.multiplyExact(Math.multiplyExact(in.h(), columns), run)];
        this.gradient = new float[team.size()][Math.multiplyExact(out.h() * out.w(), run)];
        this.sums = new float[team.size()][(taps + 1) * run];
        this.ones = new float[run];
        Arrays.fill(ones, 1);
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        x = new Cells(tensors[0], half);
        y = new Cells(tensors[1], half);
        toWeights = tensors[2];
        toBias = tensors.length > 3 ? tensors[3] : null;
    }

    @Override
    public void run() {
        team.run((in.c() + run - 1) / run, task);
    }

    private void channels(int index, int member) {
        int c = index * run;
        float[] g = gradient[member];
        float[] into = sums[member];
        Arrays.fill(into, 0);
        for (int n = 0; n < in.n(); n++) {
            y.read(out.row(n, c, 0), g, 0, g.length);
            read(n, c, source[member]);
            for (int i = 0; i < out.h(); i++) {
                row(i, source[member], g, into);
            }
            if (toBias != null) {
                math.dot(ones, 0, 0, g, 0, out.h() * out.w(), run, into, taps * run);
            }
        }
        store(c, into);
    }

    /** A picture's channels; what is beside them stays zero. */
    private void read(int n, int c, float[] rows) {
        int seen = Math.min(in.w(), columns - before);
        for (int i = 0; i < in.h() && seen > 0; i++) {
            x.read(in.row(n, c, i), rows, (i * columns + before) * run, seen * run);
        }
    }

    /** One row of y with the rows of x that the kernel joins to it. */
    private void row(int i, float[] rows, float[] g, float[] into) {
        int width = (int) window.kernel()[1];
        int stride = (int) window.stride()[1];
        int dilation = (int) window.dilation()[1];
        for (int u = 0; u < taps / width; u++) {
            long row = i * window.stride()[0] - window.before()[0] + u * window.dilation()[0];
            if (row >= 0 && row < in.h()) {
                int at = (int) row * columns * run;
                int to = u * width * run;
                int atY = i * out.w() * run;
                math.taps(rows, at, stride * run, g, atY, out.w(), run, width, dilation * run, into, to);
            }
        }
    }

    private void store(int c, float[] values) {
        for (int l = 0; l < Math.min(run, in.c() - c); l++) {
            for (int tap = 0; tap < taps; tap++) {
                toWeights.putFloat(((c + l) * taps + tap) * Float.BYTES, values[tap * run + l]);
            }
            if (toBias != null) {
                toBias.putFloat((c + l) * Float.BYTES, values[taps * run + l]);
            }
        }
    }
}
