package io.vertebra.tasks.metrics.coco;

/** Rows by key, each bucket in the order of the rows. */
final class Buckets {

    private final int[] starts;
    private final int[] rows;

    /**
     * Sorts {@code count} rows.
     *
     * @param rows what is sorted
     * @param keys the key of each place in {@code rows}, in [0, buckets), or −1 for rows that are left out
     */
    Buckets(int[] rows, int[] keys, int count, int buckets) {
        this.starts = new int[buckets + 1];
        for (int i = 0; i < count; i++) {
            if (keys[i] >= 0) {
                starts[keys[i] + 1]++;
            }
        }
        for (int b = 0; b < buckets; b++) {
            starts[b + 1] += starts[b];
        }
        int[] next = starts.clone();
        this.rows = new int[starts[buckets]];
        for (int i = 0; i < count; i++) {
            if (keys[i] >= 0) {
                this.rows[next[keys[i]]++] = rows[i];
            }
        }
    }

    int start(int bucket) {
        return starts[bucket];
    }

    int end(int bucket) {
        return starts[bucket + 1];
    }

    /** All rows, bucket by bucket. */
    int[] rows() {
        return rows;
    }
}
