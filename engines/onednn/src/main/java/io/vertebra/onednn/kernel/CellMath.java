package io.vertebra.onednn.kernel;

/**
 * Arithmetic over the channels of cells, for norms of cells in blocks of channels. A chunk has {@code blocks} blocks, each
 * {@code count} cells of {@code run} channels: channel {@code b · run + l} of cell i is {@code a[(b · count + i) · run + l]}.
 *
 * <p>Both forms agree to rounding; sums are in the order of the vectors.
 */
interface CellMath {
    /** {@code sums[i]}: the sum of a over the first {@code channels} channels of each cell. */
    void sums(float[] a, int count, int run, int channels, float[] sums);

    /** {@code sums[i]}: the sum of {@code (a − centre[i])²} over the first {@code channels} channels of each cell. */
    void squares(float[] a, int count, int run, int channels, float[] centre, float[] sums);

    /** {@code sums[i]}: the sum of {@code a · b} over the first {@code channels} channels of each cell. */
    void products(float[] a, float[] b, int count, int run, int channels, float[] sums);

    /** Every cell of all blocks by its own line: {@code a ← factor[i] · a + addend[i]}. */
    void affine(float[] a, int count, int run, int blocks, float[] factor, float[] addend);

    /** Two tensors into the second: {@code b ← f[i] · a + g[i] · b + t[i]}. */
    void combine(float[] a, float[] b, int count, int run, int blocks, float[] f, float[] g, float[] t);

    /** The fastest form that this JVM can run. */
    CellMath BEST = choose();

    private static CellMath choose() {
        return VectorForm.choose(CellMath.class, "VectorCellMath", new ScalarCellMath(), math -> {
            for (int run = 1; run <= RowMath.LANES; run *= 2) { // one of them is a vector's, whatever the machine
                math.sums(new float[run], 1, run, run, new float[1]);
            }
        });
    }
}
