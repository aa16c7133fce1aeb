package io.vertebra.onednn.natives;

/**
 * How a convolution or pooling slides over its source.
 *
 * @param kernel height and width
 * @param stride steps
 * @param dilation distance between taps, 1 for none
 * @param before rows above and columns to the left that count as padding
 * @param after rows below and columns to the right
 */
@SuppressWarnings("ArrayRecordComponent") // handed straight to the C API, compared by no one
public record Window(long[] kernel, long[] stride, long[] dilation, long[] before, long[] after) {

    /** oneDNN counts the cells skipped between taps. */
    long[] skipped() {
        return new long[] {dilation[0] - 1, dilation[1] - 1};
    }
}
