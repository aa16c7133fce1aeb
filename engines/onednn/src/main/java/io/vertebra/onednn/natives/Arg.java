package io.vertebra.onednn.natives;

import org.bytedeco.dnnl.global.dnnl;

/** The roles of a primitive's arguments. */
public enum Arg {
    /** Source. */
    SRC(dnnl.DNNL_ARG_SRC),
    /** Second source. */
    SRC_1(dnnl.DNNL_ARG_SRC_1),
    /** What a primitive multiplies its second source by. */
    SCALE_OF_SRC_1(dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_SRC_1),
    /** Destination. */
    DST(dnnl.DNNL_ARG_DST),
    /** Weights. */
    WEIGHTS(dnnl.DNNL_ARG_WEIGHTS),
    /** Bias. */
    BIAS(dnnl.DNNL_ARG_BIAS),
    /** Scale of a norm. */
    SCALE(dnnl.DNNL_ARG_SCALE),
    /** Shift of a norm. */
    SHIFT(dnnl.DNNL_ARG_SHIFT),
    /** Mean. */
    MEAN(dnnl.DNNL_ARG_MEAN),
    /** Biased variance. */
    VARIANCE(dnnl.DNNL_ARG_VARIANCE),
    /** What forward leaves for backward. */
    WORKSPACE(dnnl.DNNL_ARG_WORKSPACE),
    /** Gradient of the source. */
    DIFF_SRC(dnnl.DNNL_ARG_DIFF_SRC),
    /** Gradient of the destination. */
    DIFF_DST(dnnl.DNNL_ARG_DIFF_DST),
    /** Gradient of the weights. */
    DIFF_WEIGHTS(dnnl.DNNL_ARG_DIFF_WEIGHTS),
    /** Gradient of the bias. */
    DIFF_BIAS(dnnl.DNNL_ARG_DIFF_BIAS),
    /** Gradient of the scale. */
    DIFF_SCALE(dnnl.DNNL_ARG_DIFF_SCALE),
    /** Gradient of the shift. */
    DIFF_SHIFT(dnnl.DNNL_ARG_DIFF_SHIFT),
    /** Working memory. */
    SCRATCHPAD(dnnl.DNNL_ARG_SCRATCHPAD);

    private final int code;

    Arg(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
