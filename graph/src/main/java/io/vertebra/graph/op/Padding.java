package io.vertebra.graph.op;

/** How many zeros a window operator sees around its input. */
public sealed interface Padding {

    /**
     * Fixed rows and columns.
     *
     * @param top rows above
     * @param left columns before
     * @param bottom rows below
     * @param right columns behind
     */
    record Explicit(int top, int left, int bottom, int right) implements Padding {
        /** Checks the signs. */
        public Explicit {
            Check.that(Math.min(Math.min(top, left), Math.min(bottom, right)) >= 0, "padding", "must not be negative");
        }

        @Override
        public Explicit resolve(Size input, Size kernel, Size stride, Size dilation) {
            return this;
        }

        @Override
        public String toString() {
            return top == left && top == bottom && top == right
                    ? Integer.toString(top)
                    : top + "," + left + "," + bottom + "," + right;
        }
    }

    /**
     * TensorFlow's SAME: the output has ⌈n / stride⌉ cells whatever the kernel; the smaller half of the padding comes
     * first. {@code total = max((⌈n/s⌉ − 1)·s + (k − 1)·d + 1 − n, 0)}.
     */
    record Same() implements Padding {
        @Override
        public Explicit resolve(Size input, Size kernel, Size stride, Size dilation) {
            int rows = total(input.height(), kernel.height(), stride.height(), dilation.height());
            int columns = total(input.width(), kernel.width(), stride.width(), dilation.width());
            return new Explicit(rows / 2, columns / 2, rows - rows / 2, columns - columns / 2);
        }

        private static int total(int n, int k, int s, int d) {
            return Math.max((((n + s - 1) / s) - 1) * s + (k - 1) * d + 1 - n, 0);
        }

        @Override
        public String toString() {
            return "same";
        }
    }

    /** The padding of one input size. */
    Explicit resolve(Size input, Size kernel, Size stride, Size dilation);

    /** Equal padding on all sides. */
    static Explicit of(int all) {
        return new Explicit(all, all, all, all);
    }

    /** No padding. */
    static Explicit none() {
        return of(0);
    }

    /** TensorFlow's SAME. */
    static Padding same() {
        return new Same();
    }

    /** The symmetric padding that keeps the size at stride 1: {@code d·(k − 1)/2} a side, as PyTorch networks have it. */
    static Explicit keep(Size kernel, Size dilation) {
        int rows = dilation.height() * (kernel.height() - 1) / 2;
        int columns = dilation.width() * (kernel.width() - 1) / 2;
        return new Explicit(rows, columns, rows, columns);
    }
}
