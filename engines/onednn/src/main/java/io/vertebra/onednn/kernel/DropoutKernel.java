package io.vertebra.onednn.kernel;

import io.vertebra.graph.engine.Counter;
import io.vertebra.graph.engine.CounterHash;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Dropout and drop path, forward and backward alike: tensors x, y; {@code y = keep ? x / (1 − rate) : 0}. The mask is
 * computed again in the backward pass instead of being kept.
 */
public final class DropoutKernel implements Kernel {
    private static final int CHUNK = 4096;
    private static final float[] NONE = new float[RowMath.LANES];

    private final RowMath math = RowMath.BEST;
    private final float[] data = new float[CHUNK];
    private final float[] factors = new float[RowMath.LANES];
    private final Grid grid;
    private final boolean half;
    private final Counter counter;
    private final int node;
    private final double rate;
    private final boolean wholeImages;
    private Cells x;
    private Cells y;

    /** {@code wholeImages}: one decision an image (drop path), else one an element. */
    public DropoutKernel(Grid grid, boolean half, Counter counter, int node, double rate, boolean wholeImages) {
        this.grid = grid;
        this.half = half;
        this.counter = counter;
        this.node = node;
        this.rate = rate;
        this.wholeImages = wholeImages;
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        x = new Cells(tensors[0], half);
        y = new Cells(tensors[1], half);
    }

    @Override
    public void run() {
        long key = counter.key(node);
        if (wholeImages) {
            for (int n = 0; n < grid.n(); n++) {
                Arrays.fill(factors, factor(key, n));
                image(n);
            }
        } else {
            elements(key);
        }
    }

    private float factor(long key, long element) {
        return CounterHash.uniform(key, element) < rate ? 0 : (float) (1 / (1 - rate));
    }

    private void image(int n) {
        int end = (n + 1) * grid.imageLength();
        for (int at = n * grid.imageLength(); at < end; at += CHUNK) {
            int count = Math.min(CHUNK, end - at);
            x.read(at, data, 0, count);
            math.affine(data, 0, (count + RowMath.LANES - 1) / RowMath.LANES, RowMath.LANES, factors, NONE, 0, data);
            y.write(at, data, 0, count);
        }
    }

    /** Row-major over (N, C, H, W); padded channels, which hold zeros, are copied first. */
    private void elements(long key) {
        for (int i = 0; i < grid.n() * grid.imageLength(); i++) {
            y.put(i, x.get(i));
        }
        long element = 0;
        for (int n = 0; n < grid.n(); n++) {
            for (int c = 0; c < grid.c(); c++) {
                for (int h = 0; h < grid.h(); h++) {
                    int at = grid.row(n, c, h);
                    for (int w = 0; w < grid.w(); w++, at += grid.columnStride()) {
                        y.put(at, factor(key, element++) * y.get(at));
                    }
                }
            }
        }
    }
}
