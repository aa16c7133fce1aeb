package io.vertebra.cuda.emit;

import io.vertebra.graph.op.Convolution;

/** Which convolutions run on kernels of our own, with weights in an order of their own. */
public final class Filters {
    private Filters() {}

    /** Whether each channel has one filter of its own: a depthwise convolution without a multiplier. */
    public static boolean areSingle(Convolution op, int channels) {
        return op.groups() == channels && op.out() == channels;
    }
}
