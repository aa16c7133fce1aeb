package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

/**
 * Arithmetic on rows of floats that hand kernels share. A run is a number of channels that lie together.
 *
 * <p>Both forms compute the same operations in the same order for each element, so they give the same bits; only the total
 * of a softmax is summed in the order of the vectors, and {@link #taps} rounds less often with them.
 */
public interface RowMath {
    /** Floats of the longest vector; runs that are vectorised are padded to a multiple of it. */
    int LANES = 16;

    /** A logit so low that it adds nothing to a softmax, and finite, so that mixing it gives no NaN. */
    float NOTHING = -1e38f;

    /** The next multiple of {@link #LANES}. */
    static int padded(int count) {
        return (count + LANES - 1) / LANES * LANES;
    }

    /**
     * For each of {@code count} runs: {@code max[i]} the largest of {@code z[i · run + k]}, then {@code z ← exp(z − max)}, and
     * {@code total[i]} their sum. The run is a multiple of {@link #LANES}.
     */
    void softmax(float[] z, int run, int count, float[] max, float[] total);

    /** Scales each run and subtracts another: {@code z[i · run + k] ← factor[i] · z[i · run + k] − minus[k]}. */
    void scale(float[] z, int run, int count, float[] factor, float[] minus);

    /** Every cell of a longer row of runs of channels: {@code out[x] = (1 − f[x]) · row[a[x]] + f[x] · row[b[x]]}. */
    void stretch(float[] row, Taps taps, int run, float[] out);

    /** The adjoint of {@link #stretch}: adds {@code (1 − f[x]) · g[x]} to {@code row[a[x]]} and {@code f[x] · g[x]} to b's. */
    void shrink(float[] g, Taps taps, int run, float[] row);

    /**
     * Adds products of two rows of runs to a run: {@code sums[to + l] += Σ_i a[at + i · step + l] · b[bt + i · run + l]},
     * {@code i < count}, {@code l < run}.
     */
    void dot(float[] a, int at, int step, float[] b, int bt, int count, int run, float[] sums, int to);

    /** Adds a row of runs times a run: {@code out[to + i · run + l] += w[wt + l] · a[at + i · run + l]}. */
    void addScaled(float[] a, int at, float[] w, int wt, int count, int run, float[] out, int to);

    /**
     * Adds products of a row of runs with several shifted ones: {@code sums[to + t · run + l] += Σ_i x[at + i · step + t ·
     * shift + l] · y[yt + i · run + l]}, {@code t < taps}, {@code i < count}. By vectors, products are not rounded before they
     * are added.
     */
    void taps(
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
            int to);

    /** Every channel by its own line: {@code out[j] = f[ft + l] · a[j] + t[ft + l]}, j = at + i · run + l; in place or not. */
    void affine(float[] a, int at, int count, int run, float[] f, float[] t, int ft, float[] out);

    /** Lanes of runs put together: {@code out[i · run + l] = a[lanes[l] + i · run]}, the run is that of {@code lanes}. */
    void gather(float[] a, int[] lanes, int count, float[] out);

    /** bfloat16 from byte {@code at} on as floats. */
    void widen(ByteBuffer bytes, int at, float[] into, int from, int count);

    /** Floats as bfloat16 from byte {@code at} on, rounded to nearest even. */
    void narrow(float[] values, int from, int count, ByteBuffer bytes, int at);

    /** The fastest form that this JVM can run. */
    RowMath BEST = choose();

    private static RowMath choose() {
        return VectorForm.choose(RowMath.class, "VectorRowMath", new ScalarRowMath(), math -> {
            float[] z = new float[LANES];
            math.softmax(z, LANES, 1, new float[1], new float[1]);
        });
    }
}
