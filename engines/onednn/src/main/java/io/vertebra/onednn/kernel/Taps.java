package io.vertebra.onednn.kernel;

import io.vertebra.graph.op.Resize;

/**
 * One axis of a resize: the two cells of the input between which each cell of the output lies.
 *
 * @param first the nearer to 0
 * @param second the other one, or the same
 * @param share the weight of the second, from 0 on and below 1
 */
@SuppressWarnings("ArrayRecordComponent") // read by kernels, compared by no one
public record Taps(int[] first, int[] second, float[] share) {

    /** From {@code in} cells to {@code out}. */
    public static Taps of(int in, int out, Resize op) {
        int[] first = new int[out];
        int[] second = new int[out];
        float[] share = new float[out];
        for (int i = 0; i < out; i++) {
            if (op.filter() == Resize.Filter.NEAREST) {
                first[i] = (int) ((long) i * in / out);
                second[i] = first[i];
            } else {
                double at = op.alignCorners()
                        ? out == 1 ? 0 : (double) i * (in - 1) / (out - 1)
                        : Math.max(0, (i + 0.5) * in / out - 0.5);
                first[i] = Math.min((int) at, in - 1);
                second[i] = Math.min(first[i] + 1, in - 1);
                share[i] = (float) (at - first[i]);
            }
        }
        return new Taps(first, second, share);
    }

    /** Cells of the output. */
    public int size() {
        return share.length;
    }
}
