package io.vertebra.backbones.weights;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Type of a stored element, little endian, by its name in safetensors headers. */
public enum DType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U8(1),
    BOOL(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Size of one element. */
    public int bytes() {
        return bytes;
    }

    /** Whether elements are fractions, which may be NaN or infinite. */
    public boolean isFloating() {
        return this == F64 || this == F32 || this == F16 || this == BF16;
    }

    /** The type of this name, if there is one. */
    static Optional<DType> named(String name) {
        for (DType type : values()) {
            if (type.name().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /**
     * Converts the next {@code count} elements of a little-endian buffer to fp32; F16 and BF16 exactly, F64 and I64 rounded to nearest.
     *
     * @param at index of the first element in {@code target}
     */
    void decode(ByteBuffer source, float[] target, int at, int count) {
        int end = at + count;
        switch (this) {
            case F64 -> {
                for (int i = at; i < end; i++) {
                    target[i] = (float) source.getDouble();
                }
            }
            case F32 -> {
                source.asFloatBuffer().get(target, at, count);
                source.position(source.position() + 4 * count);
            }
            case F16 -> {
                for (int i = at; i < end; i++) {
                    target[i] = half(source.getShort());
                }
            }
            case BF16 -> {
                for (int i = at; i < end; i++) {
                    target[i] = Float.intBitsToFloat(source.getShort() << 16);
                }
            }
            case I64 -> {
                for (int i = at; i < end; i++) {
                    target[i] = (float) source.getLong();
                }
            }
            case I32 -> {
                for (int i = at; i < end; i++) {
                    target[i] = (float) source.getInt();
                }
            }
            case I16 -> {
                for (int i = at; i < end; i++) {
                    target[i] = source.getShort();
                }
            }
            case I8 -> {
                for (int i = at; i < end; i++) {
                    target[i] = source.get();
                }
            }
            case U8 -> {
                for (int i = at; i < end; i++) {
                    target[i] = source.get() & 0xff;
                }
            }
            case BOOL -> {
                for (int i = at; i < end; i++) {
                    target[i] = source.get() == 0 ? 0 : 1;
                }
            }
        }
    }

    /** IEEE 754 binary16: sign, 5 bits of exponent with bias 15, 10 bits of fraction. */
    private static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits >>> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0) {
            return Math.copySign(fraction * 0x1p-24f, Float.intBitsToFloat(sign)); // zero and subnormal numbers
        }
        int wide = exponent == 31 ? 0x7f800000 : (exponent + 112) << 23;
        return Float.intBitsToFloat(sign | wide | fraction << 13);
    }
}
