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
    public void gather(ByteBuffer x, boolean half, int at, BinCells cells, int run, float[] out, int to) {
        int whole = run / STEP * STEP;
        for (int l = 0; l < whole; l += STEP) {
            if (half) {
                sumHalves(x, at + l, cells.places(), cells.shares(), cells.count(), out, to + l);
            } else {
                sum(x, at + l, cells.places(), cells.shares(), cells.count(), out, to + l);
            }
        }
        if (whole < run) {
            ScalarRoiMath.gather(x, half, at, cells, whole, run, out, to);
        }
    }

    private static void sum(ByteBuffer x, int at, int[] places, float[] shares, int count, float[] out, int to) {
        FloatVector sum = FloatVector.zero(S);
        for (int k = 0; k < count; k++) {
            FloatVector cell = FloatVector.fromByteBuffer(S, x, (at + places[k]) << 2, ORDER);
            sum = sum.add(cell.mul(shares[k]));
        }
        sum.intoArray(out, to);
    }

    private static void sumHalves(ByteBuffer x, int at, int[] places, float[] shares, int count, float[] out, int to) {
        FloatVector sum = FloatVector.zero(S);
        for (int k = 0; k < count; k++) {
            ShortVector halves = ShortVector.fromByteBuffer(H, x, (at + places[k]) << 1, ORDER);
            IntVector bits = (IntVector) halves.convertShape(VectorOperators.S2I, I, 0);
            FloatVector cell = bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
            sum = sum.add(cell.mul(shares[k]));
        }
        sum.intoArray(out, to);
    }

    @Override
    public void scatter(float[] g, int from, int run, ByteBuffer x, int at, BinCells cells) {
        int whole = run / STEP * STEP;
        for (int l = 0; l < whole; l += STEP) {
            add(g, from + l, x, at + l, cells.places(), cells.shares(), cells.count());
        }
        if (whole < run) {
            ScalarRoiMath.scatter(g, from, whole, run, x, at, cells);
        }
    }

    private static void add(float[] g, int from, ByteBuffer x, int at, int[] places, float[] shares, int count) {
        FloatVector gradient = FloatVector.fromArray(S, g, from);
        for (int k = 0; k < count; k++) {
            int cell = (at + places[k]) << 2;
            FloatVector.fromByteBuffer(S, x, cell, ORDER)
                    .add(gradient.mul(shares[k]))
                    .intoByteBuffer(x, cell, ORDER);
        }
    }
}
