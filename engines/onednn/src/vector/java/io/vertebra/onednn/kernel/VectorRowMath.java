package io.vertebra.onednn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Rows by vectors; one loop in one method, so that the JIT keeps accumulators in registers. */
final class VectorRowMath implements RowMath {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final int STEP = S.length();

    @Override
    public void softmax(float[] z, int classes, int stride, float[] max, float[] total) {
        for (int x = 0; x < stride; x += STEP) {
            largest(z, classes, stride, x, max);
            powers(z, classes, stride, x, max, total);
        }
    }

    private static void largest(float[] z, int classes, int stride, int x, float[] max) {
        FloatVector largest = FloatVector.fromArray(S, z, x);
        for (int at = stride + x; at < classes * stride; at += stride) {
            largest = largest.max(FloatVector.fromArray(S, z, at));
        }
        largest.intoArray(max, x);
    }

    private static void powers(float[] z, int classes, int stride, int x, float[] max, float[] total) {
        FloatVector largest = FloatVector.fromArray(S, max, x);
        FloatVector sum = FloatVector.zero(S);
        for (int at = x; at < classes * stride; at += stride) {
            FloatVector t = FloatVector.fromArray(S, z, at).sub(largest).max(Exp.LEAST);
            FloatVector shifted = t.mul(Exp.LOG2_E).add(Exp.ROUND);
            FloatVector n = shifted.sub(Exp.ROUND);
            FloatVector r = t.sub(n.mul(Exp.LN2_HIGH)).sub(n.mul(Exp.LN2_LOW));
            FloatVector series = r.mul(Exp.C7)
                    .add(Exp.C6)
                    .mul(r)
                    .add(Exp.C5)
                    .mul(r)
                    .add(Exp.C4)
                    .mul(r)
                    .add(Exp.C3)
                    .mul(r)
                    .add(0.5f)
                    .mul(r)
                    .add(1)
                    .mul(r)
                    .add(1);
            IntVector power = shifted.reinterpretAsInts()
                    .sub(Float.floatToRawIntBits(Exp.ROUND) - Exp.BIAS)
                    .lanewise(VectorOperators.LSHL, Exp.MANTISSA);
            FloatVector result = series.mul(power.reinterpretAsFloats());
            result.intoArray(z, at);
            sum = sum.add(result);
        }
        sum.intoArray(total, x);
    }

    @Override
    public void stretch(float[] row, Taps taps, int run, float[] out) {
        int whole = run / STEP * STEP;
        for (int x = 0; whole > 0 && x < taps.size(); x++) {
            int a = taps.first()[x] * run;
            int b = taps.second()[x] * run;
            mix(row, a, b, taps.share()[x], whole, out, x * run);
        }
        if (whole < run) {
            ScalarRowMath.stretch(row, taps, run, whole, out);
        }
    }

    private static void mix(float[] row, int a, int b, float f, int count, float[] out, int at) {
        float rest = 1 - f;
        for (int i = 0; i < count; i += STEP) {
            FloatVector.fromArray(S, row, a + i)
                    .mul(rest)
                    .add(FloatVector.fromArray(S, row, b + i).mul(f))
                    .intoArray(out, at + i);
        }
    }

    @Override
    public void shrink(float[] g, Taps taps, int run, float[] row) {
        int whole = run / STEP * STEP;
        for (int x = 0; whole > 0 && x < taps.size(); x++) {
            int a = taps.first()[x] * run;
            int b = taps.second()[x] * run;
            spread(g, x * run, taps.share()[x], whole, row, a, b);
        }
        if (whole < run) {
            ScalarRowMath.shrink(g, taps, run, whole, row);
        }
    }

    private static void spread(float[] g, int at, float f, int count, float[] row, int a, int b) {
        float rest = 1 - f;
        for (int i = 0; i < count; i += STEP) {
            FloatVector gradient = FloatVector.fromArray(S, g, at + i);
            FloatVector.fromArray(S, row, a + i).add(gradient.mul(rest)).intoArray(row, a + i);
            FloatVector.fromArray(S, row, b + i).add(gradient.mul(f)).intoArray(row, b + i);
        }
    }
}
