package io.vertebra.tasks.metrics.coco;

/** Sorts rows by falling score; equal scores keep their order. */
final class FallingScores {

    private FallingScores() {}

    /** Sorts the rows of [from, to); {@code scores} are those of all rows. */
    static void sort(int[] rows, int from, int to, double[] scores) {
        int length = to - from;
        if (length < 2) {
            return;
        }
        int[] source = new int[length];
        int[] target = new int[length];
        System.arraycopy(rows, from, source, 0, length);
        for (int width = 1; width < length; width *= 2) {
            for (int left = 0; left < length; left += 2 * width) {
                merge(source, target, left, Math.min(left + width, length), Math.min(left + 2 * width, length), scores);
            }
            int[] swap = source;
            source = target;
            target = swap;
        }
        System.arraycopy(source, 0, rows, from, length);
    }

    private static void merge(int[] source, int[] target, int left, int middle, int right, double[] scores) {
        int i = left;
        int j = middle;
        for (int k = left; k < right; k++) {
            boolean first = j == right || (i < middle && scores[source[i]] >= scores[source[j]]);
            target[k] = source[first ? i++ : j++];
        }
    }
}
