package io.vertebra.cuda.device;

/** How an element lies in memory. */
public enum Type {
    /** IEEE 754 single precision. */
    F32(4, "float"),
    /** The upper half of it. */
    BF16(2, "bf16"),
    /** Signed integers: labels. */
    I32(4, "int");

    private final int bytes;
    private final String code;

    Type(int bytes, String code) {
        this.bytes = bytes;
        this.code = code;
    }

    /** Bytes of an element. */
    public int bytes() {
        return bytes;
    }

    /** The type's name in the sources of kernels. */
    public String code() {
        return code;
    }
}
