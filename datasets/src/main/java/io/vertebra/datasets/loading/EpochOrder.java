package io.vertebra.datasets.loading;

import io.vertebra.datasets.CounterRandom;
import java.util.stream.IntStream;

/** The order of the samples in each epoch; keeps the two orders in use around an epoch's end. Safe for use from several threads. */
final class EpochOrder {

    private final int size;
    private final long seed;
    private final boolean shuffle;
    private final long[] epochs = {-1, -1};
    private final int[][] orders = new int[2][];

    EpochOrder(int size, long seed, boolean shuffle) {
        this.size = size;
        this.seed = seed;
        this.shuffle = shuffle;
    }

    /** The sample numbers in the order of an epoch; not to be written into. */
    synchronized int[] of(long epoch) {
        int slot = (int) (epoch & 1);
        if (epochs[slot] != epoch) {
            orders[slot] = shuffle
                    ? CounterRandom.of(seed, epoch).permutation(size)
                    : IntStream.range(0, size).toArray();
            epochs[slot] = epoch;
        }
        return orders[slot];
    }
}
