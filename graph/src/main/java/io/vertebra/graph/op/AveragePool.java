package io.vertebra.graph.op;

import java.util.List;

/**
 * The mean of each window.
 *
 * <p>x (N, C, H, W) → (N, C, H', W'), sizes as in {@link MaxPool}. The divisor is the window's number of cells, padding
 * included (but not what {@code ceil} adds beyond the padding), or only its cells inside the input when
 * {@code countPadding} is false: PyTorch's {@code count_include_pad}.
 *
 * @param kernel window
 * @param stride its steps; kernel 1 with stride 2 takes every second cell
 * @param padding around the input, less than the window
 * @param ceil whether a last, incomplete window counts
 * @param countPadding whether padded cells count in the divisor
 */
public record AveragePool(Size kernel, Size stride, Padding padding, boolean ceil, boolean countPadding) implements Op {

    /** Checks the attributes. */
    public AveragePool {
        Check.atLeast(1, "kernel", kernel);
        Check.atLeast(1, "stride", stride);
        Window.requirePaddingBelow(kernel, padding);
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape x = inputs.get(0);
        return Window.output(x, x.c(), kernel, stride, Size.of(1), padding, ceil);
    }

    @Override
    public int reduction() {
        return stride.height();
    }

    @Override
    public Size window() {
        return kernel;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.averagePool(this);
    }
}
