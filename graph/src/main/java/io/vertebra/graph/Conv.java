package io.vertebra.graph;

import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Size;

/**
 * A convolution as model files write it: stride 1, no bias (a norm follows), and padding that keeps the size, unless
 * said otherwise.
 *
 * @param kernel its height and width
 * @param out channels of the output
 * @param stride steps of the window
 * @param dilation distance between taps
 * @param groups independent convolutions
 * @param bias whether a bias is added
 * @param padding {@code null}: the conventions of the builder decide
 * @param initializer of the weight
 * @param initialBias what the bias starts at
 */
public record Conv(
        Size kernel,
        int out,
        Size stride,
        Size dilation,
        int groups,
        boolean bias,
        Padding padding,
        Initializer initializer,
        double initialBias) {

    /** A square kernel and the channels of its output. */
    public static Conv of(int kernel, int out) {
        return of(Size.of(kernel), out);
    }

    /** A kernel and the channels of its output. */
    public static Conv of(Size kernel, int out) {
        return new Conv(kernel, out, Size.of(1), Size.of(1), 1, false, null, new Initializer.KaimingNormalFanOut(), 0);
    }

    /** With this stride. */
    public Conv stride(int value) {
        return new Conv(kernel, out, Size.of(value), dilation, groups, bias, padding, initializer, initialBias);
    }

    /** With this dilation. */
    public Conv dilation(int value) {
        return new Conv(kernel, out, stride, Size.of(value), groups, bias, padding, initializer, initialBias);
    }

    /** With this number of groups. */
    public Conv groups(int value) {
        return new Conv(kernel, out, stride, dilation, value, bias, padding, initializer, initialBias);
    }

    /** With a bias that starts at zero. */
    public Conv withBias() {
        return withBias(0);
    }

    /** With a bias that starts at this value. */
    public Conv withBias(double initial) {
        return new Conv(kernel, out, stride, dilation, groups, true, padding, initializer, initial);
    }

    /** With this padding, whatever the conventions. */
    public Conv padding(Padding value) {
        return new Conv(kernel, out, stride, dilation, groups, bias, value, initializer, initialBias);
    }

    /** With this initializer. */
    public Conv initializer(Initializer value) {
        return new Conv(kernel, out, stride, dilation, groups, bias, padding, value, initialBias);
    }

    Convolution op(Conventions conventions) {
        Padding resolved =
                padding != null ? padding : conventions.samePadding() ? Padding.same() : Padding.keep(kernel, dilation);
        return new Convolution(out, kernel, stride, resolved, dilation, groups, bias, initializer, initialBias);
    }
}
