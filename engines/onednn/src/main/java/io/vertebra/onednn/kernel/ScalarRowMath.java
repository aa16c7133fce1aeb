package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

final class ScalarRowMath implements RowMath {

    @Override
    public void softmax(float[] z, int run, int count, float[] max, float[] total) {
        for (int i = 0; i < count; i++) {
            float largest = z[i * run];
            for (int at = i * run; at < (i + 1) * run; at++) {
                largest = Math.max(largest, z[at]);
            }
            float sum = 0;
            for (int at = i * run; at < (i + 1) * run; at++) {
                z[at] = Exp.of(z[at] - largest);
                sum += z[at];
            }
            max[i] = largest;
            total[i] = sum;
        }
    }

    @Override
    public void scale(float[] z, int run, int count, float[] factor, float[] minus) {
        for (int i = 0; i < count; i++) {
            for (int k = 0; k < run; k++) {
                z[i * run + k] = factor[i] * z[i * run + k] - minus[k];
            }
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

    @Override
    public void dot(float[] a, int at, int step, float[] b, int bt, int count, int run, float[] sums, int to) {
        for (int l = 0; l < run; l++) {
            float even = 0;
            float odd = 0;
            for (int i = 0; i < count; i++) {
                float product = a[at + i * step + l] * b[bt + i * run + l];
                if (i % 2 == 0) {
                    even += product;
                } else {
                    odd += product;
                }
            }
            sums[to + l] += even + odd;
        }
    }

    @Override
    public void addScaled(float[] a, int at, float[] w, int wt, int count, int run, float[] out, int to) {
        for (int i = 0; i < count; i++) {
            for (int l = 0; l < run; l++) {
                out[to + i * run + l] += w[wt + l] * a[at + i * run + l];
            }
        }
    }

    @Override
    public void widen(ByteBuffer bytes, int at, float[] into, int from, int count) {
        for (int i = 0; i < count; i++) {
            into[from + i] = Float.intBitsToFloat(bytes.getShort(at + 2 * i) << 16);
        }
    }

    @Override
    public void narrow(float[] values, int from, int count, ByteBuffer bytes, int at) {
        for (int i = 0; i < count; i++) {
            bytes.putShort(at + 2 * i, Cells.round(values[from + i]));
        }
    }

    @Override
    public void affine(float[] a, int at, int count, int run, float[] f, float[] t, int ft, float[] out) {
        for (int i = at; i < at + count * run; i += run) {
            for (int l = 0; l < run; l++) {
                out[i + l] = f[ft + l] * a[i + l] + t[ft + l];
            }
        }
    }

    @Override
    public void taps(
            float[] x,
            int at,
            int step,
            float[] y,
            int yt,
            int count,
            int run,
            int taps,
            int shift,
            float[] sums,
            int to) {
        for (int t = 0; t < taps; t++) {
            dot(x, at + t * shift, step, y, yt, count, run, sums, to + t * run);
        }
    }

    @Override
    public void gather(float[] a, int[] lanes, int count, float[] out) {
        int run = lanes.length;
        for (int i = 0; i < count * run; i += run) {
            for (int l = 0; l < run; l++) {
                out[i + l] = a[lanes[l] + i];
            }
        }
    }
}
