package io.vertebra.onednn.kernel;

final class ScalarRowMath implements RowMath {

    @Override
    public void softmax(float[] z, int classes, int stride, float[] max, float[] total) {
        for (int x = 0; x < stride; x++) {
            float largest = z[x];
            for (int k = 1; k < classes; k++) {
                largest = Math.max(largest, z[k * stride + x]);
            }
            float sum = 0;
            for (int k = 0; k < classes; k++) {
                float power = Exp.of(z[k * stride + x] - largest);
                z[k * stride + x] = power;
                sum += power;
            }
            max[x] = largest;
            total[x] = sum;
        }
    }

    @Override
    public void stretch(float[] row, Taps taps, int run, float[] out) {
        stretch(row, taps, run, 0, out);
    }

    /** From channel {@code from} of each run on. */
    static void stretch(float[] row, Taps taps, int run, int from, float[] out) {
        int[] first = taps.first();
        int[] second = taps.second();
        float[] share = taps.share();
        for (int x = 0; x < share.length; x++) {
            float f = share[x];
            float rest = 1 - f;
            int a = first[x] * run;
            int b = second[x] * run;
            for (int i = from; i < run; i++) {
                out[x * run + i] = rest * row[a + i] + f * row[b + i];
            }
        }
    }

    @Override
    public void shrink(float[] g, Taps taps, int run, float[] row) {
        shrink(g, taps, run, 0, row);
    }

    /** From channel {@code from} of each run on. */
    static void shrink(float[] g, Taps taps, int run, int from, float[] row) {
        int[] first = taps.first();
        int[] second = taps.second();
        float[] share = taps.share();
        for (int x = 0; x < share.length; x++) {
            float f = share[x];
            float rest = 1 - f;
            int a = first[x] * run;
            int b = second[x] * run;
            for (int i = from; i < run; i++) {
                row[a + i] += rest * g[x * run + i];
                row[b + i] += f * g[x * run + i];
            }
        }
    }
}
