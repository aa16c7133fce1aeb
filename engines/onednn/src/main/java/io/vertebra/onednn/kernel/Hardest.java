package io.vertebra.onednn.kernel;

/** Finds the loss of a rank among those of many positions, by counting the bits of numbers that are not negative. */
final class Hardest {
    private static final int HALF = 16;
    private static final int MASK = (1 << HALF) - 1;

    private final int[] counts = new int[1 << HALF];
    private int above;

    /** The number at a rank from 0, the largest first, of those that are not marked out; NaN is the largest. */
    float ranked(float[] marks, int from, int to, int rank) {
        int high = search(marks, from, to, rank, -1);
        int low = search(marks, from, to, rank - above, high);
        return Float.intBitsToFloat(high << HALF | low);
    }

    /** Counts of the upper half of the bits, or, where that is known, of the lower. */
    private int search(float[] marks, int from, int to, int rank, int high) {
        java.util.Arrays.fill(counts, 0);
        for (int i = from; i < to; i++) {
            int bits = Float.floatToIntBits(marks[i]);
            if (bits >= 0 && high < 0) {
                counts[bits >>> HALF]++;
            } else if (bits >= 0 && bits >>> HALF == high) {
                counts[bits & MASK]++;
            }
        }
        above = 0;
        int bucket = MASK;
        while (above + counts[bucket] <= rank) {
            above += counts[bucket--];
        }
        return bucket;
    }
}
