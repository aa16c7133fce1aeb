package io.vertebra.graph.op;

/** Output sizes of operators that slide a window. */
final class Window {
    private Window() {}

    /** ⌊(n + before + after − d(k − 1) − 1) / s⌋ + 1, or ANY for an unknown n. */
    static Shape output(
            Shape input, int channels, Size kernel, Size stride, Size dilation, Padding padding, boolean ceil) {
        Check.isMap("input", input);
        // an unknown extent is resolved as 1: it only feeds the padding of an axis whose result is dropped
        Size size = new Size(Math.max(input.h(), 1), Math.max(input.w(), 1));
        Padding.Explicit p = padding.resolve(size, kernel, stride, dilation);
        int height = axis(input.h(), p.top(), p.bottom(), kernel.height(), stride.height(), dilation.height(), ceil);
        int width = axis(input.w(), p.left(), p.right(), kernel.width(), stride.width(), dilation.width(), ceil);
        return Shape.of(input.n(), channels, height, width);
    }

    /** A window must never lie in the padding alone. */
    static void requirePaddingBelow(Size kernel, Padding padding) {
        if (padding instanceof Padding.Explicit p) {
            boolean fits =
                    Math.max(p.top(), p.bottom()) < kernel.height() && Math.max(p.left(), p.right()) < kernel.width();
            Check.that(fits, "padding", "must be less than the window %s, is %s", kernel, p);
        }
    }

    private static int axis(int n, int before, int after, int k, int s, int d, boolean ceil) {
        if (n == Shape.ANY) {
            return Shape.ANY;
        }
        int span = n + before + after - d * (k - 1) - 1;
        Check.that(
                span >= 0, "kernel", "%d (dilation %d) is larger than the padded input %d", k, d, n + before + after);
        int cells = ceil ? (span + s - 1) / s + 1 : span / s + 1;
        // PyTorch: the last window of ceil mode must start inside the input or the padding before it
        return ceil && (cells - 1) * s >= n + before ? cells - 1 : cells;
    }
}
