package io.vertebra.onednn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Cells by vectors; whole blocks where a block is a number of vectors, the rest channel by channel. */
final class VectorCellMath implements CellMath {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int STEP = S.length();

    private final CellMath rest = new ScalarCellMath();

    @Override
    public void sums(float[] a, int count, int run, int channels, float[] sums) {
        if (run != STEP) {
            rest.sums(a, count, run, channels, sums);
            return;
        }
        int whole = channels / run;
        for (int i = 0; i < count; i++) {
            float sum = sum(a, i * run, whole, count * run);
            for (int c = whole * run; c < channels; c++) {
                sum += a[ScalarCellMath.at(i, c, count, run)];
            }
            sums[i] = sum;
        }
    }

    private static float sum(float[] a, int at, int blocks, int stride) {
        FloatVector sum = FloatVector.zero(S);
        for (int b = 0, i = at; b < blocks; b++, i += stride) {
            sum = sum.add(FloatVector.fromArray(S, a, i));
        }
        return sum.reduceLanes(VectorOperators.ADD);
    }

    @Override
    public void squares(float[] a, int count, int run, int channels, float[] centre, float[] sums) {
        if (run != STEP) {
            rest.squares(a, count, run, channels, centre, sums);
            return;
        }
        int whole = channels / run;
        for (int i = 0; i < count; i++) {
            float sum = square(a, i * run, whole, count * run, centre[i]);
            for (int c = whole * run; c < channels; c++) {
                float d = a[ScalarCellMath.at(i, c, count, run)] - centre[i];
                sum += d * d;
            }
            sums[i] = sum;
        }
    }

    private static float square(float[] a, int at, int blocks, int stride, float centre) {
        FloatVector sum = FloatVector.zero(S);
        for (int b = 0, i = at; b < blocks; b++, i += stride) {
            FloatVector d = FloatVector.fromArray(S, a, i).sub(centre);
            sum = d.fma(d, sum);
        }
        return sum.reduceLanes(VectorOperators.ADD);
    }

    @Override
    public void products(float[] a, float[] b, int count, int run, int channels, float[] sums) {
        if (run != STEP) {
            rest.products(a, b, count, run, channels, sums);
            return;
        }
        int whole = channels / run;
        for (int i = 0; i < count; i++) {
            float sum = product(a, b, i * run, whole, count * run);
            for (int c = whole * run; c < channels; c++) {
                int at = ScalarCellMath.at(i, c, count, run);
                sum += a[at] * b[at];
            }
            sums[i] = sum;
        }
    }

    private static float product(float[] a, float[] b, int at, int blocks, int stride) {
        FloatVector sum = FloatVector.zero(S);
        for (int k = 0, i = at; k < blocks; k++, i += stride) {
            sum = FloatVector.fromArray(S, a, i).fma(FloatVector.fromArray(S, b, i), sum);
        }
        return sum.reduceLanes(VectorOperators.ADD);
    }

    @Override
    public void affine(float[] a, int count, int run, int blocks, float[] factor, float[] addend) {
        if (run != STEP) {
            rest.affine(a, count, run, blocks, factor, addend);
            return;
        }
        for (int b = 0; b < blocks; b++) {
            lines(a, b * count * run, count, run, factor, addend);
        }
    }

    private static void lines(float[] a, int from, int count, int run, float[] factor, float[] addend) {
        for (int i = 0, at = from; i < count; i++, at += run) {
            FloatVector.fromArray(S, a, at).mul(factor[i]).add(addend[i]).intoArray(a, at);
        }
    }

    @Override
    public void combine(float[] a, float[] b, int count, int run, int blocks, float[] f, float[] g, float[] t) {
        if (run != STEP) {
            rest.combine(a, b, count, run, blocks, f, g, t);
            return;
        }
        for (int block = 0; block < blocks; block++) {
            mix(a, b, block * count * run, count, run, f, g, t);
        }
    }

    private static void mix(float[] a, float[] b, int from, int count, int run, float[] f, float[] g, float[] t) {
        for (int i = 0, at = from; i < count; i++, at += run) {
            FloatVector.fromArray(S, a, at)
                    .mul(f[i])
                    .add(FloatVector.fromArray(S, b, at).mul(g[i]))
                    .add(t[i])
                    .intoArray(b, at);
        }
    }
}
