package io.vertebra.onednn.kernel;

/**
 * Arithmetic on rows of floats that hand kernels share: softmax over planes, and stretching of rows of channels.
 *
 * <p>Both forms compute the same operations in the same order for each element, so they give the same bits.
 */
public interface RowMath {
    /** Floats of the longest vector; planes that are vectorised have a multiple of it as stride. */
    int LANES = 16;

    /**
     * For each column x: {@code max[x]} the largest of {@code z[k · stride + x]}, then {@code z ← exp(z − max)}, and {@code
     * total[x]} their sum. All {@code stride} columns are computed, a multiple of {@link #LANES}.
     */
    void softmax(float[] z, int classes, int stride, float[] max, float[] total);

    /** Every cell of a longer row of runs of channels: {@code out[x] = (1 − f[x]) · row[a[x]] + f[x] · row[b[x]]}. */
    void stretch(float[] row, Taps taps, int run, float[] out);

    /** The adjoint of {@link #stretch}: adds {@code (1 − f[x]) · g[x]} to {@code row[a[x]]} and {@code f[x] · g[x]} to b's. */
    void shrink(float[] g, Taps taps, int run, float[] row);

    /** The fastest form that this JVM can run. */
    static RowMath choose() {
        return VectorForm.choose(RowMath.class, "VectorRowMath", new ScalarRowMath(), math -> {
            float[] z = new float[LANES];
            math.softmax(z, 1, LANES, new float[LANES], new float[LANES]);
        });
    }
}
