package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Rows by vectors; one loop in one method, so that the JIT keeps accumulators in registers. */
final class VectorRowMath implements RowMath {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> H =
            VectorSpecies.of(short.class, VectorShape.forBitSize(S.vectorBitSize() / 2));
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int STEP = S.length();

    private final RowMath rest = new ScalarRowMath();

    @Override
    public void softmax(float[] z, int run, int count, float[] max, float[] total) {
        for (int i = 0; i < count; i++) {
            max[i] = largest(z, i * run, run);
            total[i] = powers(z, i * run, run, max[i]);
        }
    }

    private static float largest(float[] z, int from, int run) {
        FloatVector largest = FloatVector.fromArray(S, z, from);
        for (int at = from + STEP; at < from + run; at += STEP) {
            largest = largest.max(FloatVector.fromArray(S, z, at));
        }
        return largest.reduceLanes(VectorOperators.MAX);
    }

    private static float powers(float[] z, int from, int run, float largest) {
        FloatVector sum = FloatVector.zero(S);
        for (int at = from; at < from + run; at += STEP) {
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
        return sum.reduceLanes(VectorOperators.ADD);
    }

    @Override
    public void scale(float[] z, int run, int count, float[] factor, float[] minus) {
        for (int i = 0; i < count; i++) {
            scale(z, i * run, run, factor[i], minus);
        }
    }

    private static void scale(float[] z, int from, int run, float factor, float[] minus) {
        for (int k = 0; k < run; k += STEP) {
            FloatVector.fromArray(S, z, from + k)
                    .mul(factor)
                    .sub(FloatVector.fromArray(S, minus, k))
                    .intoArray(z, from + k);
        }
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

    @Override
    public void dot(float[] a, int at, int step, float[] b, int bt, int count, int run, float[] sums, int to) {
        if (run % STEP != 0) {
            rest.dot(a, at, step, b, bt, count, run, sums, to);
            return;
        }
        for (int l = 0; l < run; l += STEP) {
            sum(a, at + l, step, b, bt + l, count, run, sums, to + l);
        }
    }

    /** Two sums, as one would wait for itself. */
    private static void sum(float[] a, int at, int step, float[] b, int bt, int count, int run, float[] sums, int to) {
        FloatVector even = FloatVector.zero(S);
        FloatVector odd = FloatVector.zero(S);
        int pairs = count / 2;
        int i = at;
        int j = bt;
        for (int k = 0; k < pairs; k++, i += 2 * step, j += 2 * run) {
            even = even.add(FloatVector.fromArray(S, a, i).mul(FloatVector.fromArray(S, b, j)));
            odd = odd.add(FloatVector.fromArray(S, a, i + step).mul(FloatVector.fromArray(S, b, j + run)));
        }
        if (count % 2 != 0) {
            even = even.add(FloatVector.fromArray(S, a, i).mul(FloatVector.fromArray(S, b, j)));
        }
        FloatVector.fromArray(S, sums, to).add(even.add(odd)).intoArray(sums, to);
    }

    @Override
    public void addScaled(float[] a, int at, float[] w, int wt, int count, int run, float[] out, int to) {
        if (run % STEP != 0) {
            rest.addScaled(a, at, w, wt, count, run, out, to);
            return;
        }
        for (int l = 0; l < run; l += STEP) {
            add(a, at + l, w, wt + l, count, run, out, to + l);
        }
    }

    private static void add(float[] a, int at, float[] w, int wt, int count, int run, float[] out, int to) {
        FloatVector factor = FloatVector.fromArray(S, w, wt);
        for (int i = 0; i < count * run; i += run) {
            FloatVector.fromArray(S, out, to + i)
                    .add(factor.mul(FloatVector.fromArray(S, a, at + i)))
                    .intoArray(out, to + i);
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
        if (run % STEP != 0) {
            rest.taps(x, at, step, y, yt, count, run, taps, shift, sums, to);
        } else {
            VectorTaps.sum(x, at, step, y, yt, count, run, taps, shift, sums, to);
        }
    }

    @Override
    public void affine(float[] a, int at, int count, int run, float[] f, float[] t, int ft, float[] out) {
        if (run % STEP != 0) {
            rest.affine(a, at, count, run, f, t, ft, out);
            return;
        }
        for (int l = 0; l < run; l += STEP) {
            line(a, at + l, at + count * run, run, f, t, ft + l, out);
        }
    }

    private static void line(float[] a, int at, int end, int run, float[] f, float[] t, int ft, float[] out) {
        FloatVector factor = FloatVector.fromArray(S, f, ft);
        FloatVector addend = FloatVector.fromArray(S, t, ft);
        for (int i = at; i < end; i += run) {
            FloatVector.fromArray(S, a, i).mul(factor).add(addend).intoArray(out, i);
        }
    }

    @Override
    public void gather(float[] a, int[] lanes, int count, float[] out) {
        int run = lanes.length;
        if (run % STEP != 0) {
            rest.gather(a, lanes, count, out);
            return;
        }
        for (int l = 0; l < run; l += STEP) {
            pick(a, lanes, l, count * run, run, out);
        }
    }

    private static void pick(float[] a, int[] lanes, int at, int end, int run, float[] out) {
        for (int i = 0; i < end; i += run) {
            FloatVector.fromArray(S, a, i, lanes, at).intoArray(out, i + at);
        }
    }

    @Override
    public void widen(ByteBuffer bytes, int at, float[] into, int from, int count) {
        int whole = count / STEP * STEP;
        for (int i = 0; i < whole; i += STEP) {
            ShortVector halves = ShortVector.fromByteBuffer(H, bytes, at + 2 * i, ORDER);
            // not ZERO_EXTEND: it throws in JDK 17; the sign is shifted out
            IntVector bits = (IntVector) halves.convertShape(VectorOperators.S2I, I, 0);
            bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(into, from + i);
        }
        rest.widen(bytes, at + 2 * whole, into, from + whole, count - whole);
    }

    @Override
    public void narrow(float[] values, int from, int count, ByteBuffer bytes, int at) {
        int whole = count / STEP * STEP;
        for (int i = 0; i < whole; i += STEP) {
            FloatVector x = FloatVector.fromArray(S, values, from + i);
            IntVector bits = x.reinterpretAsInts();
            IntVector odd = bits.lanewise(VectorOperators.ASHR, 16).and(1);
            IntVector rounded = bits.add(odd).add(0x7fff);
            VectorMask<Integer> nan = x.compare(VectorOperators.NE, x).cast(I);
            IntVector half = rounded.blend(bits.or(0x400000), nan).lanewise(VectorOperators.ASHR, 16);
            ((ShortVector) half.convertShape(VectorOperators.I2S, H, 0)).intoByteBuffer(bytes, at + 2 * i, ORDER);
        }
        rest.narrow(values, from + whole, count - whole, bytes, at + 2 * whole);
    }
}
