package io.vertebra.images;

import java.util.Arrays;
import java.util.Optional;

/**
 * The pixels of one object as run lengths, in the order of COCO: column by column, runs outside and inside in turn, starting outside.
 *
 * <p>Immutable.
 */
public final class Mask {

    private final int height;
    private final int width;
    private final int[] runs;

    private Mask(int height, int width, int[] runs) {
        this.height = height;
        this.width = width;
        this.runs = runs;
    }

    /**
     * The mask of the pixels of a map that have one value.
     *
     * @param value 0 to 255
     */
    public static Mask where(LabelMap map, int value) {
        int[] runs = new int[16];
        int count = 0;
        boolean inside = false;
        int length = 0;
        for (int x = 0; x < map.width(); x++) {
            for (int y = 0; y < map.height(); y++) {
                if ((map.at(y, x) == value) != inside) {
                    runs = count == runs.length ? Arrays.copyOf(runs, 2 * count) : runs;
                    runs[count++] = length;
                    inside = !inside;
                    length = 0;
                }
                length++;
            }
        }
        runs = Arrays.copyOf(runs, count + 1);
        runs[count] = length;
        return new Mask(map.height(), map.width(), runs);
    }

    /**
     * The mask of the given runs.
     *
     * @throws IllegalArgumentException if a run is negative or the runs do not sum to height × width
     */
    public static Mask ofRuns(int height, int width, int... runs) {
        long sum = 0;
        for (int run : runs) {
            if (run < 0) {
                throw new IllegalArgumentException("mask: run " + run + " is negative");
            }
            sum += run;
        }
        if (height < 1 || width < 1 || sum != (long) height * width) {
            throw new IllegalArgumentException(
                    "mask: runs of %d pixels do not fill %dx%d".formatted(sum, height, width));
        }
        return new Mask(height, width, runs.clone());
    }

    /** Rows. */
    public int height() {
        return height;
    }

    /** Columns. */
    public int width() {
        return width;
    }

    /** The run lengths, outside first. */
    public int[] runs() {
        return runs.clone();
    }

    /** How many pixels lie inside. */
    public int area() {
        int area = 0;
        for (int i = 1; i < runs.length; i += 2) {
            area += runs[i];
        }
        return area;
    }

    /** The smallest box around the pixels inside; empty for an empty mask. */
    public Optional<Box> bounds() {
        int left = width;
        int right = -1;
        int top = height;
        int bottom = -1;
        int at = 0;
        for (int i = 0; i < runs.length; i++) {
            int end = at + runs[i];
            if (i % 2 == 1 && end > at) {
                boolean oneColumn = at / height == (end - 1) / height;
                left = Math.min(left, at / height);
                right = Math.max(right, (end - 1) / height);
                top = Math.min(top, oneColumn ? at % height : 0);
                bottom = Math.max(bottom, oneColumn ? (end - 1) % height : height - 1);
            }
            at = end;
        }
        return right < 0 ? Optional.empty() : Optional.of(new Box(left, top, right + 1, bottom + 1));
    }

    /** The mask as a map of 0 and 1. */
    public LabelMap toMap() {
        byte[] data = new byte[height * width];
        int at = 0;
        for (int i = 0; i < runs.length; i++) {
            for (int k = 0; k < runs[i]; k++, at++) {
                data[at % height * width + at / height] = (byte) (i % 2);
            }
        }
        return LabelMap.of(height, width, data);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Mask m && height == m.height && width == m.width && Arrays.equals(runs, m.runs);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * height + width) + Arrays.hashCode(runs);
    }

    @Override
    public String toString() {
        return "Mask[" + height + "x" + width + ", area " + area() + "]";
    }
}
