package io.vertebra.onednn.natives;

import static org.bytedeco.dnnl.global.dnnl.dnnl_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;
import static org.bytedeco.dnnl.global.dnnl.dnnl_s32;

/** Element types. */
public enum Type {
    /** 32-bit floating point. */
    F32(dnnl_f32, 4),
    /** bfloat16. */
    BF16(dnnl_bf16, 2),
    /** 32-bit signed integers. */
    S32(dnnl_s32, 4);

    private final int code;
    private final int bytes;

    Type(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    int code() {
        return code;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}
