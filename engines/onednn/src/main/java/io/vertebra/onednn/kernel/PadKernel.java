package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

/** Zeros around a map and its channels: tensors small, large; or, backwards, the inner part of large into small. */
public final class PadKernel implements Kernel {
    private final Grid small;
    private final Grid large;
    private final int channel;
    private final int top;
    private final int left;
    private final boolean half;
    private final boolean backward;
    private Cells inner;
    private Cells outer;

    /** {@code channel}, {@code top}, {@code left}: where small begins in large. */
    public PadKernel(Grid small, Grid large, int channel, int top, int left, boolean half, boolean backward) {
        this.small = small;
        this.large = large;
        this.channel = channel;
        this.top = top;
        this.left = left;
        this.half = half;
        this.backward = backward;
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        inner = new Cells(tensors[0], half);
        outer = new Cells(tensors[1], half);
    }

    @Override
    public void run() {
        Cells target = backward ? inner : outer;
        Grid grid = backward ? small : large;
        for (int i = 0; i < grid.n() * grid.imageLength(); i++) {
            target.put(i, 0);
        }
        for (int n = 0; n < small.n(); n++) {
            for (int c = 0; c < small.c(); c++) {
                for (int h = 0; h < small.h(); h++) {
                    row(small.row(n, c, h), large.row(n, channel + c, top + h) + left * large.columnStride());
                }
            }
        }
    }

    private void row(int atSmall, int atLarge) {
        int i = atSmall;
        int o = atLarge;
        for (int w = 0; w < small.w(); w++, i += small.columnStride(), o += large.columnStride()) {
            if (backward) {
                inner.put(i, outer.get(o));
            } else {
                outer.put(o, inner.get(i));
            }
        }
    }
}
