package io.vertebra.graph.op;

import java.util.List;

/**
 * The largest value of each window; padding never wins (it counts as −∞). The first of equal values, row by row, gets
 * the gradient.
 *
 * <p>x (N, C, H, W) → (N, C, H', W'), H' as in {@link Convolution}, rounded up if {@code ceil} (a window that would begin
 * behind the input and the padding before it is left out, as in PyTorch).
 *
 * @param kernel window
 * @param stride its steps
 * @param padding around the input, less than the window
 * @param ceil whether a last, incomplete window counts
 */
public record MaxPool(Size kernel, Size stride, Padding padding, boolean ceil) implements Op {

    /** Checks the attributes. */
    public MaxPool {
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
        return visitor.maxPool(this);
    }
}
