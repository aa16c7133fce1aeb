package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

/** Puts channels elsewhere: tensors x, y; each channel of y is one of x, or zero. Elements are moved bit for bit. */
public final class MoveChannelsKernel implements Kernel {
    private final Grid in;
    private final Grid out;
    private final int[] from;
    private final boolean half;
    private final int padded;
    private ByteBuffer x;
    private ByteBuffer y;

    /** {@code from}: for each channel of y the channel of x, or −1. */
    public MoveChannelsKernel(Grid in, Grid out, int[] from, boolean half) {
        this.in = in;
        this.out = out;
        this.from = from.clone();
        this.half = half;
        this.padded = new Planes(out).channels();
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        x = tensors[0];
        y = tensors[1];
    }

    @Override
    public void run() {
        for (int n = 0; n < out.n(); n++) {
            for (int c = 0; c < padded; c++) {
                int source = c < from.length ? from[c] : -1;
                for (int h = 0; h < out.h(); h++) {
                    int at = out.row(n, c, h);
                    if (source < 0) {
                        clear(at);
                    } else {
                        copy(in.row(n, source, h), at);
                    }
                }
            }
        }
    }

    private void clear(int to) {
        for (int w = 0; w < out.w(); w++, to += out.columnStride()) {
            if (half) {
                y.putShort(to << 1, (short) 0);
            } else {
                y.putInt(to << 2, 0);
            }
        }
    }

    private void copy(int at, int to) {
        for (int w = 0; w < out.w(); w++, at += in.columnStride(), to += out.columnStride()) {
            if (half) {
                y.putShort(to << 1, x.getShort(at << 1));
            } else {
                y.putInt(to << 2, x.getInt(at << 2));
            }
        }
    }
}
