package io.vertebra.onednn.kernel;

import io.vertebra.onednn.natives.Window;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The backward passes of depthwise convolutions that oneDNN has only general code for: dilated ones and large kernels. 960
 * channels of 65x65, 3x3 with dilation 2, two pictures, one thread: weights 50 ms in fp32 and 138 in bf16 there, 6 and 7
 * here; data 25 ms there, 8 here.
 *
 * <p>Works on one run of channels of one picture at a time, in fp32. Weights are row-major (C, 1, 1, kh, kw).
 */
public final class DepthwiseKernel implements Kernel {

    /** Which gradient. */
    public enum Pass {
        /** Of the weights: tensors x, gradient of y, gradient of the weights. */
        WEIGHTS,
        /** Of the source: tensors gradient of x, gradient of y, weights. Stride 1 only. */
        DATA
    }

    private final RowMath math = RowMath.BEST;
    private final Grid in;
    private final Grid out;
    private final Window window;
    private final boolean half;
    private final Pass pass;
    private final int run;
    private final int taps;
    private final float[] source;
    private final float[] gradient;
    private final float[] weights;
    private Cells x;
    private Cells y;
    private ByteBuffer w;

    /** {@code in} and {@code out} are the grids of x and y, in one order. */
    public DepthwiseKernel(Grid in, Grid out, Window window, boolean half, Pass pass) {
        this.in = in;
        this.out = out;
        this.window = window;
        this.half = half;
        this.pass = pass;
        this.run = in.run();
        this.taps = (int) (window.kernel()[0] * window.kernel()[1]);
        this.source = new float[Math.multiplyExact(in.h() * in.w(), run)];
        this.gradient = new float[Math.multiplyExact(out.h() * out.w(), run)];
        this.weights = new float[taps * run];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        x = new Cells(tensors[0], half);
        y = new Cells(tensors[1], half);
        w = tensors[2];
    }

    @Override
    public void run() {
        for (int c = 0; c < in.c(); c += run) {
            Arrays.fill(weights, 0);
            if (pass == Pass.DATA) {
                loadWeights(c);
            }
            for (int n = 0; n < in.n(); n++) {
                y.read(out.row(n, c, 0), gradient, 0, gradient.length);
                if (pass == Pass.WEIGHTS) {
                    x.read(in.row(n, c, 0), source, 0, source.length);
                } else {
                    Arrays.fill(source, 0);
                }
                for (int tap = 0; tap < taps; tap++) {
                    tap(tap);
                }
                if (pass == Pass.DATA) {
                    x.write(in.row(n, c, 0), source, 0, source.length);
                }
            }
            if (pass == Pass.WEIGHTS) {
                storeWeights(c);
            }
        }
    }

    private void loadWeights(int c) {
        for (int i = 0; i < Math.min(run, in.c() - c); i++) {
            for (int tap = 0; tap < taps; tap++) {
                weights[tap * run + i] = w.getFloat(((c + i) * taps + tap) * Float.BYTES);
            }
        }
    }

    private void storeWeights(int c) {
        for (int i = 0; i < Math.min(run, in.c() - c); i++) {
            for (int tap = 0; tap < taps; tap++) {
                w.putFloat(((c + i) * taps + tap) * Float.BYTES, weights[tap * run + i]);
            }
        }
    }

    /** All cells that one weight joins: row by row, from the first column of y whose column of x exists to the last. */
    private void tap(int tap) {
        int width = (int) window.kernel()[1];
        int down = (int) (tap / width * window.dilation()[0] - window.before()[0]);
        int right = (int) (tap % width * window.dilation()[1] - window.before()[1]);
        int strideDown = (int) window.stride()[0];
        int stride = (int) window.stride()[1];
        int from = right >= 0 ? 0 : (-right + stride - 1) / stride;
        int to = Math.min(out.w(), in.w() - right <= 0 ? 0 : (in.w() - right - 1) / stride + 1);
        for (int i = 0; i < out.h(); i++) {
            int row = i * strideDown + down;
            if (row >= 0 && row < in.h() && from < to) {
                int atX = (row * in.w() + from * stride + right) * run;
                int atY = (i * out.w() + from) * run;
                if (pass == Pass.WEIGHTS) {
                    math.dot(source, atX, stride * run, gradient, atY, to - from, run, weights, tap * run);
                } else {
                    math.addScaled(gradient, atY, weights, tap * run, to - from, run, source, atX);
                }
            }
        }
    }
}
