package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Cells by vectors of channels; one loop over the cells of a bin in one method, so that the sum stays in a register. */
final class VectorRoiMath implements RoiMath {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> H =
            VectorSpecies.of(short.class, VectorShape.forBitSize(S.vectorBitSize() / 2));
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int STEP = S.length();

    @Override
    public void gather(
            ByteBuffer x, boolean half, int at, BinTaps r, int p, BinTaps c, int q, int run, float[] out, int to) {
        int whole = run / STEP * STEP;
        for (int l = 0; l < whole; l += STEP) {
            if (half) {
                sumHalves(x, at + l, r, p, c, q, out, to + l);
            } else {
                sum(x, at + l, r, p, c, q, out, to + l);
            }
        }
        if (whole < run) {
            ScalarRoiMath.gather(x, half, at, r, p, c, q, whole, run, out, to);
        }
    }

    private static void sum(ByteBuffer x, int at, BinTaps r, int p, BinTaps c, int q, float[] out, int to) {
        FloatVector sum = FloatVector.zero(S);
        int end = c.end(q);
        for (int i = r.first(p); i < r.end(p); i++) {
            float row = r.share(i);
            int place = at + r.place(i);
            for (int j = c.first(q); j < end; j++) {
                FloatVector cell = FloatVector.fromByteBuffer(S, x, (place + c.place(j)) << 2, ORDER);
                sum = sum.add(cell.mul(row * c.share(j)));
            }
        }
        sum.intoArray(out, to);
    }

    private static void sumHalves(ByteBuffer x, int at, BinTaps r, int p, BinTaps c, int q, float[] out, int to) {
        FloatVector sum = FloatVector.zero(S);
        int end = c.end(q);
        for (int i = r.first(p); i < r.end(p); i++) {
            float row = r.share(i);
            int place = at + r.place(i);
            for (int j = c.first(q); j < end; j++) {
                ShortVector halves = ShortVector.fromByteBuffer(H, x, (place + c.place(j)) << 1, ORDER);
                IntVector bits = (IntVector) halves.convertShape(VectorOperators.S2I, I, 0);
                FloatVector cell = bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
                sum = sum.add(cell.mul(row * c.share(j)));
            }
        }
        sum.intoArray(out, to);
    }

    @Override
    public void scatter(float[] g, int from, int run, ByteBuffer x, int at, BinTaps r, int p, BinTaps c, int q) {
        int whole = run / STEP * STEP;
        for (int l = 0; l < whole; l += STEP) {
            add(g, from + l, x, at + l, r, p, c, q);
        }
        if (whole < run) {
            ScalarRoiMath.scatter(g, from, whole, run, x, at, r, p, c, q);
        }
    }

    private static void add(float[] g, int from, ByteBuffer x, int at, BinTaps r, int p, BinTaps c, int q) {
        FloatVector gradient = FloatVector.fromArray(S, g, from);
        int end = c.end(q);
        for (int i = r.first(p); i < r.end(p); i++) {
            float row = r.share(i);
            int place = at + r.place(i);
            for (int j = c.first(q); j < end; j++) {
                int cell = (place + c.place(j)) << 2;
                FloatVector.fromByteBuffer(S, x, cell, ORDER)
                        .add(gradient.mul(row * c.share(j)))
                        .intoByteBuffer(x, cell, ORDER);
            }
        }
    }
}
