package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Puts channels elsewhere: tensors x, one or more, and y. Each channel of y is one of x, or zero; the channels of several x
 * are numbered one after another. For orders of all kinds, element by element; {@link MoveBlocksKernel} is faster.
 */
public final class MoveChannelsKernel implements Kernel {
    private final Grid[] ins;
    private final Grid out;
    private final int[] from;
    private final boolean half;
    private final int padded;
    private ByteBuffer[] tensors;

    private MoveChannelsKernel(List<Grid> ins, Grid out, int[] from, boolean half) {
        this.ins = ins.toArray(Grid[]::new);
        this.out = out;
        this.from = from.clone();
        this.half = half;
        this.padded = new Planes(out).channels();
    }

    /** {@code from}: for each channel of y the channel of x, or −1. */
    public static Kernel of(List<Grid> ins, Grid out, int[] from, boolean half) {
        boolean inBlocks = out.isBlocked() && ins.stream().allMatch(g -> g.isBlocked() && g.run() == out.run());
        return inBlocks ? new MoveBlocksKernel(ins, out, from, half) : new MoveChannelsKernel(ins, out, from, half);
    }

    @Override
    public void bind(ByteBuffer... all) {
        tensors = all.clone();
    }

    @Override
    public void run() {
        for (int c = 0; c < padded; c++) {
            int source = c < from.length ? from[c] : -1;
            int x = 0;
            for (; source >= ins[x].c(); x++) {
                source -= ins[x].c();
            }
            for (int n = 0; n < out.n(); n++) {
                for (int h = 0; h < out.h(); h++) {
                    int at = out.row(n, c, h);
                    if (source < 0) {
                        clear(at);
                    } else {
                        copy(tensors[x], ins[x].row(n, source, h), ins[x].columnStride(), at);
                    }
                }
            }
        }
    }

    private void clear(int to) {
        ByteBuffer y = tensors[ins.length];
        for (int w = 0; w < out.w(); w++, to += out.columnStride()) {
            if (half) {
                y.putShort(to << 1, (short) 0);
            } else {
                y.putInt(to << 2, 0);
            }
        }
    }

    private void copy(ByteBuffer x, int at, int stride, int to) {
        ByteBuffer y = tensors[ins.length];
        for (int w = 0; w < out.w(); w++, at += stride, to += out.columnStride()) {
            if (half) {
                y.putShort(to << 1, x.getShort(at << 1));
            } else {
                y.putInt(to << 2, x.getInt(at << 2));
            }
        }
    }
}
