package io.vertebra.cuda.device;

import io.vertebra.graph.op.Activation;

/**
 * One pass of a convolution. Maps lie channels last: x (N, H, W, C), y (N, H', W', K), w (K, R, S, C / groups).
 *
 * <p>Tensors in the order of {@link Prepared#bind}:
 *
 * <pre>
 * FORWARD  x, w, bias if there is one, addend if there is one, argument if it is kept, y
 *          argument = conv(x, w) + bias + addend, y = function(argument)
 * DATA     dy, w, dx
 * WEIGHTS  x, dy, dw
 * </pre>
 *
 * @param name of the operator, for messages
 * @param pass which of the three
 * @param in type of x, w, y, dy, dx and the addend
 * @param out type of the result: that of {@code in}; F32 for WEIGHTS
 * @param math how F32 is multiplied
 * @param n pictures
 * @param c channels of x
 * @param h rows of x
 * @param w columns of x
 * @param k channels of y
 * @param r rows of the window
 * @param s columns of the window
 * @param outH rows of y
 * @param outW columns of y
 * @param geometry of the window
 * @param epilogue what FORWARD does with its result
 * @param pitch elements from a cell of y to the next: more than k where FORWARD writes some channels of a wider map
 */
public record ConvolutionSpec(
        String name,
        Pass pass,
        Type in,
        Type out,
        MathMode math,
        int n,
        int c,
        int h,
        int w,
        int k,
        int r,
        int s,
        int outH,
        int outW,
        Geometry geometry,
        Epilogue epilogue,
        int pitch) {

    /** Checks that a cell of y has room, and that only FORWARD leaves gaps, in a single result. */
    public ConvolutionSpec {
        if (pitch < k || (pitch > k && (pass != Pass.FORWARD || epilogue.keepsArgument()))) {
            throw new IllegalArgumentException(name + ": " + k + " channels in cells of " + pitch + ", " + pass);
        }
    }

    /** With a y that has no gaps. */
    public ConvolutionSpec(
            String name,
            Pass pass,
            Type in,
            Type out,
            MathMode math,
            int n,
            int c,
            int h,
            int w,
            int k,
            int r,
            int s,
            int outH,
            int outW,
            Geometry geometry,
            Epilogue epilogue) {
        this(name, pass, in, out, math, n, c, h, w, k, r, s, outH, outW, geometry, epilogue, k);
    }

    /** The same with y in cells of so many elements. */
    public ConvolutionSpec inCellsOf(int elements) {
        return new ConvolutionSpec(
                name, pass, in, out, math, n, c, h, w, k, r, s, outH, outW, geometry, epilogue, elements);
    }

    /** Whether F32 is to be computed in full. */
    public boolean isStrict() {
        return in == Type.F32 && math == MathMode.STRICT;
    }

    /** Whether y has gaps. */
    public boolean leavesGaps() {
        return pitch > k;
    }

    /** Which of the three computations. */
    public enum Pass {
        /** From x to y. */
        FORWARD,
        /** From the gradient of y to that of x. */
        DATA,
        /** From x and the gradient of y to that of w. */
        WEIGHTS
    }

    /**
     * How the window moves.
     *
     * @param strideH rows of a step
     * @param strideW columns of a step
     * @param top rows of zeros above
     * @param left columns of zeros before
     * @param bottom rows of zeros below
     * @param right columns of zeros behind
     * @param dilationH rows between taps
     * @param dilationW columns between taps
     * @param groups independent convolutions
     */
    public record Geometry(
            int strideH,
            int strideW,
            int top,
            int left,
            int bottom,
            int right,
            int dilationH,
            int dilationW,
            int groups) {}

    /**
     * What is done with the sum before it is written.
     *
     * @param bias whether F32 (K) is added
     * @param addend whether a map of y's form is added
     * @param function what is made of each sum, or {@code null}
     * @param keepsArgument whether the sums before the function are written too, for its gradient
     */
    public record Epilogue(boolean bias, boolean addend, Activation.Function function, boolean keepsArgument) {
        /** Nothing. */
        public static final Epilogue NONE = new Epilogue(false, false, null);

        /** Checks that what is kept is the argument of something. */
        public Epilogue {
            if (keepsArgument && function == null) {
                throw new IllegalArgumentException("the argument of no function is to be kept");
            }
        }

        /** One that writes its result only. */
        public Epilogue(boolean bias, boolean addend, Activation.Function function) {
            this(bias, addend, function, false);
        }
    }
}
