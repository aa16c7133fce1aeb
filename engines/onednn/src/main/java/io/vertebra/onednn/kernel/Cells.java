package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** The elements of a tensor, fp32 or bf16, by their place in memory. */
public final class Cells {
    private final ByteBuffer bytes;
    private final FloatBuffer floats;
    private final boolean half;

    /** Over memory; {@code half}: two bytes an element, bfloat16. */
    public Cells(ByteBuffer bytes, boolean half) {
        this.bytes = bytes;
        this.floats = half ? null : bytes.asFloatBuffer();
        this.half = half;
    }

    /** An element. */
    public float get(int index) {
        return half ? Float.intBitsToFloat(bytes.getShort(index << 1) << 16) : bytes.getFloat(index << 2);
    }

    /** Sets an element, rounding to nearest even. */
    public void put(int index, float value) {
        if (half) {
            bytes.putShort(index << 1, round(value));
        } else {
            bytes.putFloat(index << 2, value);
        }
    }

    /** Elements that lie together into an array. */
    public void read(int index, float[] into, int from, int count) {
        if (!half) {
            floats.get(index, into, from, count);
            return;
        }
        RowMath.BEST.widen(bytes, index << 1, into, from, count);
    }

    /** Elements of an array to where they lie together, each rounded to nearest even. */
    public void write(int index, float[] values, int from, int count) {
        if (!half) {
            floats.put(index, values, from, count);
            return;
        }
        RowMath.BEST.narrow(values, from, count, bytes, index << 1);
    }

    /** The nearest bfloat16, ties to even; NaN stays NaN. */
    public static short round(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) (Float.isNaN(value) ? (bits >>> 16) | 0x40 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }
}
