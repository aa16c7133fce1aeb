package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * A grouped convolution as one of fewer, wider groups that compute the same: several groups of few channels become one of
 * a whole block of channels, whose weights are zero outside the blocks on the diagonal.
 *
 * <pre>
 * W1 (o, i)                    W1 0
 * W2 (o, i)      becomes       0  W2  (2 o, 2 i)
 * </pre>
 *
 * <p>Parameters stay in the plain form: copies of weights are spread, and of gradients only the diagonals are kept.
 *
 * @param merged groups that become one
 * @param rows output channels of all groups
 * @param out output channels of a group
 * @param in input channels of a group
 * @param height of the kernel
 * @param width of the kernel
 */
public record MergedGroups(int merged, int rows, int out, int in, int height, int width) {

    /** The extents of the wide weights. */
    public long[] extents() {
        int groups = rows / out / merged;
        long wideOut = (long) out * merged;
        long wideIn = (long) in * merged;
        return groups == 1
                ? new long[] {wideOut, wideIn, height, width}
                : new long[] {groups, wideOut, wideIn, height, width};
    }

    /** Copies row-major weights onto the diagonals of wide row-major ones; what lies beside them is left alone. */
    public void spread(ByteBuffer plain, ByteBuffer wide) {
        FloatBuffer from = plain.asFloatBuffer();
        FloatBuffer to = wide.asFloatBuffer();
        for (int row = 0; row < rows; row++) {
            to.put(wideStart(row), from, row * length(), length());
        }
    }

    /** A step that keeps the diagonals: tensors wide weights, row-major, and plain ones to write. */
    public Kernel diagonals() {
        return new DiagonalsKernel();
    }

    private int length() {
        return in * height * width;
    }

    private int wideStart(int row) {
        return (row * merged + row / out % merged) * length();
    }

    private final class DiagonalsKernel implements Kernel {
        private FloatBuffer wide;
        private FloatBuffer plain;

        @Override
        public void bind(ByteBuffer... tensors) {
            wide = tensors[0].asFloatBuffer();
            plain = tensors[1].asFloatBuffer();
        }

        @Override
        public void run() {
            for (int row = 0; row < rows; row++) {
                plain.put(row * length(), wide, wideStart(row), length());
            }
        }
    }
}
