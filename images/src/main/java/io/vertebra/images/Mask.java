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
    private final Extent extent;

    /** Takes the array over; the extent is that of the runs. */
    Mask(int height, int width, int[] runs, Extent extent) {
        this.height = height;
        this.width = width;
        this.runs = runs;
        this.extent = extent;
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
        return of(map.height(), map.width(), runs);
    }

    /**
     * The mask of the given runs.
     *
     * @throws IllegalArgumentException if a run is negative or the runs do not sum to height × width
     */
    public static Mask ofRuns(int height, int width, int... runs) {
        return of(height, width, runs.clone());
    }

    /** The same over an array that it takes over. */
    static Mask of(int height, int width, int[] runs) {
        for (int run : runs) {
            if (run < 0) {
                throw new IllegalArgumentException("mask: run " + run + " is negative");
            }
        }
        return new Mask(height, width, runs, Extent.of(height, width, runs, runs.length));
    }

    /**
     * The pixels that lie in one mask or the other.
     *
     * @throws IllegalArgumentException if the sizes differ
     */
    public Mask union(Mask other) {
        return merged(other, 1);
    }

    /**
     * The pixels that lie in both masks.
     *
     * @throws IllegalArgumentException if the sizes differ
     */
    public Mask intersection(Mask other) {
        return merged(other, 2);
    }

    /** The pixels that lie in at least {@code needed} of the two masks. */
    private Mask merged(Mask other, int needed) {
        checkSize(other);
        int[] out = new int[runs.length + other.runs.length + 1];
        int count = 0;
        int length = 0;
        boolean inside = false;
        int i = 0;
        int j = 0;
        int left = runs[0];
        int otherLeft = other.runs[0];
        while (i < runs.length && j < other.runs.length) {
            int step = Math.min(left, otherLeft);
            if (step > 0) {
                boolean now = i % 2 + j % 2 >= needed;
                if (now != inside) {
                    out[count++] = length;
                    length = 0;
                    inside = now;
                }
                length += step;
                left -= step;
                otherLeft -= step;
            }
            if (left == 0 && ++i < runs.length) {
                left = runs[i];
            }
            if (otherLeft == 0 && ++j < other.runs.length) {
                otherLeft = other.runs[j];
            }
        }
        out[count++] = length;
        return of(height, width, Arrays.copyOf(out, count));
    }

    /**
     * How many pixels lie in both masks.
     *
     * @throws IllegalArgumentException if the sizes differ
     */
    public int common(Mask other) {
        checkSize(other);
        int common = 0;
        int i = 1;
        int j = 1;
        int start = runs[0];
        int otherStart = other.runs[0];
        while (i < runs.length && j < other.runs.length) { // the pixels inside from start on, and of the other mask
            int end = start + runs[i];
            int otherEnd = otherStart + other.runs[j];
            int first = start > otherStart ? start : otherStart;
            int last = end < otherEnd ? end : otherEnd;
            common += last > first ? last - first : 0;
            if (end <= otherEnd) {
                i += 2;
                start = i < runs.length ? end + runs[i - 1] : end;
            } else {
                j += 2;
                otherStart = j < other.runs.length ? otherEnd + other.runs[j - 1] : otherEnd;
            }
        }
        return common;
    }

    private void checkSize(Mask other) {
        if (height != other.height || width != other.width) {
            throw new IllegalArgumentException(
                    "mask: %dx%d does not lie over %dx%d".formatted(other.height, other.width, height, width));
        }
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

    /** The run lengths themselves, not to be written into. */
    int[] own() {
        return runs;
    }

    /** How many pixels lie inside. */
    public int area() {
        return extent.area();
    }

    /** The smallest box around the pixels inside; empty for an empty mask. */
    public Optional<Box> bounds() {
        return extent.bounds();
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
