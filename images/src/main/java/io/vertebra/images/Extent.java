package io.vertebra.images;

import java.util.Optional;

/** Where the pixels of a mask lie: how many there are, and the smallest box around them. */
record Extent(int area, int left, int top, int right, int bottom) {

    /**
     * From the first {@code count} run lengths, column by column, outside first; none is negative.
     *
     * @throws IllegalArgumentException unless they fill the mask
     */
    static Extent of(int height, int width, int[] runs, int count) {
        int rows = Math.max(1, height);
        long sum = 0;
        int area = 0;
        int first = -1; // pixel inside
        int top = height;
        int bottom = 0;
        int end = 0; // behind the last pixel inside
        int row = 0; // of the next pixel, from the top of its column or of one before
        for (int i = 1; i < count; i += 2) {
            int gap = runs[i - 1];
            int run = runs[i];
            sum += gap;
            row += gap;
            if (run > 0) {
                if (row >= rows) { // most runs end in the next column: no division
                    row = row - rows < rows ? row - rows : row % rows;
                }
                first = first < 0 ? (int) sum : first;
                top = row + run > height ? 0 : row < top ? row : top;
                sum += run;
                row += run;
                bottom = row > bottom ? row : bottom;
                end = (int) sum;
                area += run;
            }
        }
        sum += count % 2 == 0 ? 0 : runs[count - 1]; // the last run outside
        if (height < 1 || width < 1 || sum != (long) height * width || sum > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "mask: runs of %d pixels do not fill %dx%d".formatted(sum, height, width));
        }
        return first < 0
                ? new Extent(0, 0, 0, 0, 0)
                : new Extent(area, first / height, top, (end - 1) / height + 1, Math.min(bottom, height));
    }

    /** The box; empty if there are no pixels. */
    Optional<Box> bounds() {
        return area == 0 ? Optional.empty() : Optional.of(new Box(left, top, right, bottom));
    }
}
