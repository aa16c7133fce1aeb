package io.vertebra.onednn.kernel;

/**
 * The windows of a pooling along one axis: cells {@code from[i] .. to[i] − 1} of the input, and how many of them a window's
 * divisor counts.
 *
 * @param from first cell
 * @param to cell behind the last
 * @param count cells that the divisor counts, padding perhaps included
 */
@SuppressWarnings("ArrayRecordComponent") // read by kernels, compared by no one
public record Bins(int[] from, int[] to, int[] count) {

    /** Bins of an adaptive pooling: ⌊i·n/bins⌋ to ⌈(i+1)·n/bins⌉. */
    public static Bins adaptive(int n, int bins) {
        int[] from = new int[bins];
        int[] to = new int[bins];
        int[] count = new int[bins];
        for (int i = 0; i < bins; i++) {
            from[i] = (int) ((long) i * n / bins);
            to[i] = (int) (((long) (i + 1) * n + bins - 1) / bins);
            count[i] = to[i] - from[i];
        }
        return new Bins(from, to, count);
    }

    /** Windows of an average pooling; what the ceiling adds beyond the padding never counts, as in PyTorch. */
    public static Bins sliding(int n, int windows, int kernel, int stride, int before, int after, boolean padding) {
        int[] from = new int[windows];
        int[] to = new int[windows];
        int[] count = new int[windows];
        for (int i = 0; i < windows; i++) {
            int start = i * stride - before;
            int end = Math.min(start + kernel, n + after);
            from[i] = Math.max(start, 0);
            to[i] = Math.min(end, n);
            count[i] = padding ? end - start : to[i] - from[i];
        }
        return new Bins(from, to, count);
    }

    /** Windows. */
    public int size() {
        return from.length;
    }
}
