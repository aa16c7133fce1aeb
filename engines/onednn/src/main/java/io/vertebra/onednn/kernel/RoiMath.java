package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Weighted sums of cells of a map in native memory, and their adjoint; each over a number of channels that lie together.
 * {@code at} is the place of a map's first cell.
 */
interface RoiMath {

    /** Sets {@code out[to + l] = Σ_k share[k] · x[at + place[k] + l]}, {@code l < run}; {@code half}: x is bfloat16. */
    void gather(ByteBuffer x, boolean half, int at, BinCells cells, int run, float[] out, int to);

    /** Adds {@code share[k] · g[from + l]} to {@code x[at + place[k] + l]}, {@code l < run}, x in fp32. */
    void scatter(float[] g, int from, int run, ByteBuffer x, int at, BinCells cells);

    /** The fastest form that this JVM can run. */
    RoiMath BEST = VectorForm.choose(RoiMath.class, "VectorRoiMath", new ScalarRoiMath(), math -> {
        ByteBuffer x = ByteBuffer.allocateDirect(RowMath.LANES * Float.BYTES).order(ByteOrder.nativeOrder());
        BinTaps one = BinTaps.ofOneCell();
        BinCells cell = new BinCells(1);
        cell.set(one, 0, one, 0);
        math.gather(x, false, 0, cell, RowMath.LANES, new float[RowMath.LANES], 0);
    });
}
