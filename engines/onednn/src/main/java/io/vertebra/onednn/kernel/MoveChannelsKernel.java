package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Puts channels elsewhere: tensors x, one or more, and y. Each channel of y is one of x, zero, or the sum of several in
 * their order; the channels of several x are numbered one after another. For orders of all kinds, element by element;
 * {@link MoveBlocksKernel} is faster.
 */
public final class MoveChannelsKernel implements Kernel {
    private static final int[] NONE = {};

    private final Grid[] ins;
    private final Grid out;
    private final int[][] from;
    private final boolean half;
    private final int padded;
    private final Cells[] xs;
    private ByteBuffer[] tensors;
    private Cells y;

    private MoveChannelsKernel(List<Grid> ins, Grid out, int[][] from, boolean half) {
        this.ins = ins.toArray(Grid[]::new);
        this.out = out;
        this.from = from.clone();
        this.half = half;
        this.padded = new Planes(out).channels();
        this.xs = new Cells[ins.size()];
    }

    /** {@code from}: for each channel of y the channels of x that it is the sum of. */
    public static Kernel of(List<Grid> ins, Grid out, int[][] from, boolean half) {
        boolean inBlocks = out.isBlocked() && ins.stream().allMatch(g -> g.isBlocked() && g.run() == out.run());
        return inBlocks ? new MoveBlocksKernel(ins, out, from, half) : new MoveChannelsKernel(ins, out, from, half);
    }

    @Override
    public void bind(ByteBuffer... all) {
        tensors = all.clone();
        for (int i = 0; i < xs.length; i++) {
            xs[i] = new Cells(tensors[i], half);
        }
        y = new Cells(tensors[xs.length], half);
    }

    @Override
    public void run() {
        for (int c = 0; c < padded; c++) {
            int[] sources = c < from.length ? from[c] : NONE;
            for (int n = 0; n < out.n(); n++) {
                for (int h = 0; h < out.h(); h++) {
                    int at = out.row(n, c, h);
                    if (sources.length == 1) {
                        copy(sources[0], n, h, at);
                    } else {
                        sum(sources, n, h, at);
                    }
                }
            }
        }
    }

    private void sum(int[] sources, int n, int h, int to) {
        for (int w = 0; w < out.w(); w++) {
            float sum = 0;
            for (int source : sources) {
                int x = tensor(source);
                sum += xs[x].get(ins[x].row(n, source - before(x), h) + w * ins[x].columnStride());
            }
            y.put(to + w * out.columnStride(), sum);
        }
    }

    private void copy(int source, int n, int h, int to) {
        int x = tensor(source);
        int at = ins[x].row(n, source - before(x), h);
        int place = to;
        for (int w = 0; w < out.w(); w++, at += ins[x].columnStride(), place += out.columnStride()) {
            if (half) {
                tensors[ins.length].putShort(place << 1, tensors[x].getShort(at << 1));
            } else {
                tensors[ins.length].putInt(place << 2, tensors[x].getInt(at << 2));
            }
        }
    }

    /** Which x a channel is of. */
    private int tensor(int source) {
        int x = 0;
        while (source >= before(x + 1)) {
            x++;
        }
        return x;
    }

    /** Channels of the tensors before one. */
    private int before(int x) {
        int channels = 0;
        for (int i = 0; i < x; i++) {
            channels += ins[i].c();
        }
        return channels;
    }
}
