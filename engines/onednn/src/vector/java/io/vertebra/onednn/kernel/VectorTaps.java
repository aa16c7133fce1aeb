package io.vertebra.onednn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of products of a row with several shifted ones, for the weights of depthwise convolutions. As many sums at once as
 * kernels have columns; one loop in one method for each, so that the JIT keeps the sums in registers.
 */
final class VectorTaps {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    private VectorTaps() {}

    /** See {@link RowMath#taps}; the run is a multiple of a vector's lanes. */
    static void sum(
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
        int end = yt + count * run;
        for (int l = 0; l < run; l += S.length()) {
            int t = 0;
            for (; taps - t >= 7; t += 7) {
                seven(x, at + t * shift + l, step, y, yt + l, end, run, shift, sums, to + t * run + l);
            }
            for (; taps - t >= 5; t += 5) {
                five(x, at + t * shift + l, step, y, yt + l, end, run, shift, sums, to + t * run + l);
            }
            for (; taps - t >= 3; t += 3) {
                three(x, at + t * shift + l, step, y, yt + l, end, run, shift, sums, to + t * run + l);
            }
            for (; t < taps; t++) {
                one(x, at + t * shift + l, step, y, yt + l, end, run, sums, to + t * run + l);
            }
        }
    }

    private static void seven(
            float[] x, int at, int step, float[] y, int yt, int end, int run, int shift, float[] sums, int to) {
        FloatVector s0 = FloatVector.fromArray(S, sums, to);
        FloatVector s1 = FloatVector.fromArray(S, sums, to + run);
        FloatVector s2 = FloatVector.fromArray(S, sums, to + 2 * run);
        FloatVector s3 = FloatVector.fromArray(S, sums, to + 3 * run);
        FloatVector s4 = FloatVector.fromArray(S, sums, to + 4 * run);
        FloatVector s5 = FloatVector.fromArray(S, sums, to + 5 * run);
        FloatVector s6 = FloatVector.fromArray(S, sums, to + 6 * run);
        for (int i = at, j = yt; j < end; i += step, j += run) {
            FloatVector g = FloatVector.fromArray(S, y, j);
            s0 = FloatVector.fromArray(S, x, i).fma(g, s0);
            s1 = FloatVector.fromArray(S, x, i + shift).fma(g, s1);
            s2 = FloatVector.fromArray(S, x, i + 2 * shift).fma(g, s2);
            s3 = FloatVector.fromArray(S, x, i + 3 * shift).fma(g, s3);
            s4 = FloatVector.fromArray(S, x, i + 4 * shift).fma(g, s4);
            s5 = FloatVector.fromArray(S, x, i + 5 * shift).fma(g, s5);
            s6 = FloatVector.fromArray(S, x, i + 6 * shift).fma(g, s6);
        }
        s0.intoArray(sums, to);
        s1.intoArray(sums, to + run);
        s2.intoArray(sums, to + 2 * run);
        s3.intoArray(sums, to + 3 * run);
        s4.intoArray(sums, to + 4 * run);
        s5.intoArray(sums, to + 5 * run);
        s6.intoArray(sums, to + 6 * run);
    }

    private static void five(
            float[] x, int at, int step, float[] y, int yt, int end, int run, int shift, float[] sums, int to) {
        FloatVector s0 = FloatVector.fromArray(S, sums, to);
        FloatVector s1 = FloatVector.fromArray(S, sums, to + run);
        FloatVector s2 = FloatVector.fromArray(S, sums, to + 2 * run);
        FloatVector s3 = FloatVector.fromArray(S, sums, to + 3 * run);
        FloatVector s4 = FloatVector.fromArray(S, sums, to + 4 * run);
        for (int i = at, j = yt; j < end; i += step, j += run) {
            FloatVector g = FloatVector.fromArray(S, y, j);
            s0 = FloatVector.fromArray(S, x, i).fma(g, s0);
            s1 = FloatVector.fromArray(S, x, i + shift).fma(g, s1);
            s2 = FloatVector.fromArray(S, x, i + 2 * shift).fma(g, s2);
            s3 = FloatVector.fromArray(S, x, i + 3 * shift).fma(g, s3);
            s4 = FloatVector.fromArray(S, x, i + 4 * shift).fma(g, s4);
        }
        s0.intoArray(sums, to);
        s1.intoArray(sums, to + run);
        s2.intoArray(sums, to + 2 * run);
        s3.intoArray(sums, to + 3 * run);
        s4.intoArray(sums, to + 4 * run);
    }

    private static void three(
            float[] x, int at, int step, float[] y, int yt, int end, int run, int shift, float[] sums, int to) {
        FloatVector s0 = FloatVector.fromArray(S, sums, to);
        FloatVector s1 = FloatVector.fromArray(S, sums, to + run);
        FloatVector s2 = FloatVector.fromArray(S, sums, to + 2 * run);
        for (int i = at, j = yt; j < end; i += step, j += run) {
            FloatVector g = FloatVector.fromArray(S, y, j);
            s0 = FloatVector.fromArray(S, x, i).fma(g, s0);
            s1 = FloatVector.fromArray(S, x, i + shift).fma(g, s1);
            s2 = FloatVector.fromArray(S, x, i + 2 * shift).fma(g, s2);
        }
        s0.intoArray(sums, to);
        s1.intoArray(sums, to + run);
        s2.intoArray(sums, to + 2 * run);
    }

    private static void one(float[] x, int at, int step, float[] y, int yt, int end, int run, float[] sums, int to) {
        FloatVector s0 = FloatVector.fromArray(S, sums, to);
        for (int i = at, j = yt; j < end; i += step, j += run) {
            FloatVector g = FloatVector.fromArray(S, y, j);
            s0 = FloatVector.fromArray(S, x, i).fma(g, s0);
        }
        s0.intoArray(sums, to);
    }
}
