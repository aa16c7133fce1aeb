package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.util.Arrays;

final class ScalarRoiMath implements RoiMath {

    @Override
    public void gather(ByteBuffer x, boolean half, int at, BinCells cells, int run, float[] out, int to) {
        gather(x, half, at, cells, 0, run, out, to);
    }

    /** From channel {@code low} on. */
    static void gather(ByteBuffer x, boolean half, int at, BinCells cells, int low, int run, float[] out, int to) {
        Arrays.fill(out, to + low, to + run, 0);
        for (int k = 0; k < cells.count(); k++) {
            float share = cells.shares()[k];
            int cell = at + cells.places()[k];
            for (int l = low; l < run; l++) {
                out[to + l] += share * get(x, half, cell + l);
            }
        }
    }

    private static float get(ByteBuffer x, boolean half, int index) {
        return half ? Float.intBitsToFloat(x.getShort(index << 1) << 16) : x.getFloat(index << 2);
    }

    @Override
    public void scatter(float[] g, int from, int run, ByteBuffer x, int at, BinCells cells) {
        scatter(g, from, 0, run, x, at, cells);
    }

    /** From channel {@code low} on. */
    static void scatter(float[] g, int from, int low, int run, ByteBuffer x, int at, BinCells cells) {
        for (int k = 0; k < cells.count(); k++) {
            float share = cells.shares()[k];
            int cell = at + cells.places()[k];
            for (int l = low; l < run; l++) {
                x.putFloat((cell + l) << 2, x.getFloat((cell + l) << 2) + share * g[from + l]);
            }
        }
    }
}
