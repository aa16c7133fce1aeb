package io.vertebra.datasets;

/**
 * What the random choices in the targets of a sample hang on, and nothing else: neither thread nor place in a batch.
 *
 * @param seed of the run
 * @param epoch from 0
 * @param sample its number in its data set
 */
public record Draw(long seed, long epoch, long sample) {

    /** A generator at its beginning; transforms and the order of samples draw other numbers. */
    CounterRandom random() {
        return CounterRandom.of(seed, epoch, sample);
    }
}
