package io.vertebra.graph.region;

import java.util.Arrays;

/** Orders indices by score, best first; equal scores keep the order of their indices. */
final class Ranking {
    private Ranking() {}

    /** A key that sorts ascending as the score descends and then as the index ascends; the index must not be negative. */
    static long key(float score, int index) {
        int bits = Float.floatToIntBits(score + 0f); // −0 and 0 are equal
        int ascending = bits ^ (bits >> 31 & Integer.MAX_VALUE);
        return (long) ~ascending << 32 | index;
    }

    /** The index in a key. */
    static int index(long key) {
        return (int) key;
    }

    /** Indices of all scores. */
    static long[] keys(float[] scores) {
        long[] keys = new long[scores.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = key(scores[i], i);
        }
        Arrays.sort(keys);
        return keys;
    }
}
