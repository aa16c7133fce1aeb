package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

/** The elements of a tensor, fp32 or bf16, by their place in memory. */
public final class Cells {
    private final ByteBuffer bytes;
    private final boolean half;

    /** Over memory; {@code half}: two bytes an element, bfloat16. */
    public Cells(ByteBuffer bytes, boolean half) {
        this.bytes = bytes;
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

    /** The nearest bfloat16, ties to even; NaN stays NaN. */
    public static short round(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) (Float.isNaN(value) ? (bits >>> 16) | 0x40 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }
}
