package io.vertebra.graph.region;

import java.util.Arrays;

/**
 * The best of many scores without sorting them all: a buffer of twice as many as are wanted, whose worse half goes whenever
 * it is full; from then on only what beats the worst of the better half comes in.
 *
 * <p>A score in no order costs one comparison; scores that come worst first cost as much as sorting them all. Keeps its
 * memory, 16 bytes for each one wanted.
 */
final class Best {
    private static final int LEAST = 64;

    private long[] keys = new long[LEAST];
    private int wanted;
    private int count;
    private long bound;

    /** Starts anew for so many. */
    void start(int most) {
        wanted = most;
        count = 0;
        bound = most == 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        if (keys.length < 2 * most) {
            keys = new long[2 * most];
        }
    }

    /** Takes a score; of equal ones the lower index is better. NaN is the best of all. */
    void add(float score, int index) {
        long key = Ranking.key(score, index);
        if (key < bound) {
            if (count == keys.length) {
                cut();
            }
            keys[count++] = key;
        }
    }

    private void cut() {
        Arrays.sort(keys, 0, count);
        if (count >= wanted) {
            count = wanted;
            bound = keys[count - 1];
        }
    }

    /** Sorts what is left and answers how many there are: at most as many as are wanted. */
    int finish() {
        if (wanted > 0) {
            cut();
        }
        return count;
    }

    /** The index of a rank, 0 the best. */
    int index(int rank) {
        return Ranking.index(keys[rank]);
    }
}
