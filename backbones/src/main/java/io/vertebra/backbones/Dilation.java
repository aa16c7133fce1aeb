package io.vertebra.backbones;

import io.vertebra.graph.Node;

/**
 * Trades strides for dilation once a network has reached its output stride, as torchvision, timm and DeepLab do.
 *
 * <p>The first block of a stage keeps the dilation of the stage before: its 3×3 taps would otherwise skip cells that the
 * lost stride was meant to skip behind it. Chen et al., arXiv:1706.05587, section 3.1.
 */
final class Dilation {
    private final int outputStride;
    private int dilation = 1;

    Dilation(int outputStride) {
        this.outputStride = outputStride;
    }

    /**
     * How a stage, or one block of it, strides and dilates.
     *
     * @param stride of its first convolution that has one
     * @param first dilation of its first 3×3 convolution
     * @param rest dilation of the others
     */
    record Steps(int stride, int first, int rest) {
        /** The steps of one block of the stage. */
        Steps block(int index) {
            return index == 0 ? this : new Steps(1, rest, rest);
        }
    }

    /** The next stage, which begins at this map and would like this stride. */
    Steps stage(Node x, int stride) {
        int first = dilation;
        if (x.reduction() * stride > outputStride) {
            dilation *= stride;
            return new Steps(1, first, dilation);
        }
        return new Steps(stride, first, dilation);
    }
}
