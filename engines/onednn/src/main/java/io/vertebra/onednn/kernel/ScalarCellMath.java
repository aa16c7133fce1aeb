package io.vertebra.onednn.kernel;

final class ScalarCellMath implements CellMath {

    @Override
    public void sums(float[] a, int count, int run, int channels, float[] sums) {
        for (int i = 0; i < count; i++) {
            float sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += a[at(i, c, count, run)];
            }
            sums[i] = sum;
        }
    }

    static int at(int cell, int channel, int count, int run) {
        return (channel / run * count + cell) * run + channel % run;
    }

    @Override
    public void squares(float[] a, int count, int run, int channels, float[] centre, float[] sums) {
        for (int i = 0; i < count; i++) {
            float sum = 0;
            for (int c = 0; c < channels; c++) {
                float d = a[at(i, c, count, run)] - centre[i];
                sum += d * d;
            }
            sums[i] = sum;
        }
    }

    @Override
    public void products(float[] a, float[] b, int count, int run, int channels, float[] sums) {
        for (int i = 0; i < count; i++) {
            float sum = 0;
            for (int c = 0; c < channels; c++) {
                int at = at(i, c, count, run);
                sum += a[at] * b[at];
            }
            sums[i] = sum;
        }
    }

    @Override
    public void affine(float[] a, int count, int run, int blocks, float[] factor, float[] addend) {
        for (int b = 0; b < blocks; b++) {
            for (int i = 0; i < count; i++) {
                int end = (b * count + i + 1) * run;
                for (int at = end - run; at < end; at++) {
                    a[at] = factor[i] * a[at] + addend[i];
                }
            }
        }
    }

    @Override
    public void combine(float[] a, float[] b, int count, int run, int blocks, float[] f, float[] g, float[] t) {
        for (int block = 0; block < blocks; block++) {
            for (int i = 0; i < count; i++) {
                int end = (block * count + i + 1) * run;
                for (int at = end - run; at < end; at++) {
                    b[at] = f[i] * a[at] + g[i] * b[at] + t[i];
                }
            }
        }
    }
}
