package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

/**
 * Average pooling whose windows differ, which oneDNN cannot express: tensors x, y; or, backwards, their gradients.
 */
public final class BinPoolKernel implements Kernel {
    private final Grid in;
    private final Grid out;
    private final Bins rows;
    private final Bins columns;
    private final boolean half;
    private final boolean backward;
    private final float[] line;
    private Cells x;
    private Cells y;

    /** {@code in} and {@code out} are the grids of x and y in both directions. */
    public BinPoolKernel(Grid in, Grid out, Bins rows, Bins columns, boolean half, boolean backward) {
        this.in = in;
        this.out = out;
        this.rows = rows;
        this.columns = columns;
        this.half = half;
        this.backward = backward;
        this.line = new float[in.h() * in.w()];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        x = new Cells(tensors[0], half);
        y = new Cells(tensors[1], half);
    }

    @Override
    public void run() {
        Cells target = backward ? x : y;
        Grid grid = backward ? in : out;
        for (int i = 0; i < grid.n() * grid.imageLength(); i++) {
            target.put(i, 0);
        }
        for (int n = 0; n < in.n(); n++) {
            for (int c = 0; c < in.c(); c++) {
                if (backward) {
                    spread(n, c);
                } else {
                    average(n, c);
                }
            }
        }
    }

    private void average(int n, int c) {
        for (int i = 0; i < rows.size(); i++) {
            for (int j = 0; j < columns.size(); j++) {
                float sum = 0;
                for (int h = rows.from()[i]; h < rows.to()[i]; h++) {
                    int at = in.row(n, c, h);
                    for (int w = columns.from()[j]; w < columns.to()[j]; w++) {
                        sum += x.get(at + w * in.columnStride());
                    }
                }
                int divisor = rows.count()[i] * columns.count()[j];
                y.put(out.row(n, c, i) + j * out.columnStride(), sum / divisor);
            }
        }
    }

    /** Sums a channel's gradient in fp32 before it is rounded. */
    private void spread(int n, int c) {
        java.util.Arrays.fill(line, 0);
        for (int i = 0; i < rows.size(); i++) {
            for (int j = 0; j < columns.size(); j++) {
                int divisor = rows.count()[i] * columns.count()[j];
                float share = y.get(out.row(n, c, i) + j * out.columnStride()) / divisor;
                for (int h = rows.from()[i]; h < rows.to()[i]; h++) {
                    for (int w = columns.from()[j]; w < columns.to()[j]; w++) {
                        line[h * in.w() + w] += share;
                    }
                }
            }
        }
        for (int h = 0; h < in.h(); h++) {
            int at = in.row(n, c, h);
            for (int w = 0; w < in.w(); w++) {
                x.put(at + w * in.columnStride(), line[h * in.w() + w]);
            }
        }
    }
}
