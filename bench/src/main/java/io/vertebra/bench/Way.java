package io.vertebra.bench;

import static org.bytedeco.dnnl.global.dnnl.dnnl_nChw16c;
import static org.bytedeco.dnnl.global.dnnl.dnnl_nhwc;

/** How a convolution can be computed; the floor takes the fastest for each shape and pass. */
enum Way {
    /** Channels last. */
    ROWS,
    /** Channels in blocks of 16. */
    BLOCKS,
    /** In blocks, groups of fewer channels merged to groups of 16. */
    MERGED,
    /** In blocks by the engine's own kernel: weight gradients of depthwise convolutions. */
    BY_HAND;

    /** The code for a layer, or {@code null} where there is none, or only the slow reference. */
    RawPass of(Layer layer, RawPass.Kind kind, int type) {
        return switch (this) {
            case ROWS -> RawConvolution.fast(layer, kind, type, dnnl_nhwc);
            case BLOCKS -> RawConvolution.fast(layer, kind, type, dnnl_nChw16c);
            case MERGED -> {
                Layer merged = layer.merged(16);
                yield merged == null ? null : RawConvolution.fast(merged, kind, type, dnnl_nChw16c);
            }
            case BY_HAND ->
                layer.isDepthwise() && kind == RawPass.Kind.BACKWARD_WEIGHTS ? new RawDepthwise(layer, type) : null;
        };
    }
}
