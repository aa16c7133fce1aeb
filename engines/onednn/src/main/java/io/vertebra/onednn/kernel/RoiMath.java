package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

/**
 * Weighted sums of cells of a map in native memory, and their adjoint; each over a number of channels that lie together.
 *
 * <p>The cells of a bin are those of some rows and some columns; {@code at} is the place of a map's first cell.
 */
interface RoiMath {

    /** Sets {@code out[to + l] = Σ_i r[i] · Σ_j c[j] · x[at + row i + column j + l]}; {@code half}: of bfloat16. */
    void gather(ByteBuffer x, boolean half, int at, BinTaps r, int p, BinTaps c, int q, int run, float[] out, int to);

    /** Adds {@code r[i] · c[j] · g[from + l]} to {@code x[at + row i + column j + l]} for all rows i and columns j. */
    void scatter(float[] g, int from, int run, ByteBuffer x, int at, BinTaps r, int p, BinTaps c, int q);

    /** The fastest form that this JVM can run. */
    RoiMath BEST = VectorForm.choose(RoiMath.class, "VectorRoiMath", new ScalarRoiMath(), math -> {
        ByteBuffer x = ByteBuffer.allocateDirect(RowMath.LANES * Float.BYTES).order(java.nio.ByteOrder.nativeOrder());
        BinTaps one = BinTaps.ofOneCell();
        math.gather(x, false, 0, one, 0, one, 0, RowMath.LANES, new float[RowMath.LANES], 0);
    });
}
