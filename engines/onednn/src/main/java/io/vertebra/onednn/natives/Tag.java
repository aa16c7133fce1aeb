package io.vertebra.onednn.natives;

import static org.bytedeco.dnnl.global.dnnl.dnnl_abcde;
import static org.bytedeco.dnnl.global.dnnl.dnnl_format_tag_any;
import static org.bytedeco.dnnl.global.dnnl.dnnl_nChw16c;
import static org.bytedeco.dnnl.global.dnnl.dnnl_nChw8c;
import static org.bytedeco.dnnl.global.dnnl.dnnl_nhwc;

import org.bytedeco.dnnl.global.dnnl;

/** Orders of the elements of a tensor in memory. */
public enum Tag {
    /** Row-major. */
    PLAIN,
    /** Channels last. */
    NHWC,
    /** Channels in blocks of 8, the block innermost; padded with zeros. */
    BLOCKED_8,
    /** Channels in blocks of 16, the block innermost; padded with zeros. */
    BLOCKED_16,
    /** The primitive decides. */
    ANY;

    private static final int[] ROW_MAJOR = {0, dnnl.dnnl_a, dnnl.dnnl_ab, dnnl.dnnl_abc, dnnl.dnnl_abcd, dnnl_abcde};

    int code(int rank) {
        return switch (this) {
            case PLAIN -> ROW_MAJOR[rank];
            case NHWC -> dnnl_nhwc;
            case BLOCKED_8 -> dnnl_nChw8c;
            case BLOCKED_16 -> dnnl_nChw16c;
            case ANY -> dnnl_format_tag_any;
        };
    }
}
