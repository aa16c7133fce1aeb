package io.vertebra.datasets.loading;

import io.vertebra.datasets.Check;

/**
 * How a loader works; all but batch size and seed leave the batches as they are.
 *
 * @param batchSize rows a batch, at least 1
 * @param seed of order and augmentation
 * @param workers threads, at least 1
 * @param prefetch batches made ahead, at least 1
 * @param skipUnreadable whether broken files are left out and counted instead of ending the run
 * @param cacheMib how much of the decoded pictures may be kept in memory, in MiB; 0 for none
 */
public record LoaderOptions(int batchSize, long seed, int workers, int prefetch, boolean skipUnreadable, int cacheMib) {

    public LoaderOptions {
        Check.that(batchSize >= 1, "batch_size", "must be at least 1, is %d", batchSize);
        Check.that(workers >= 1 && workers <= 256, "workers", "must lie in [1, 256], is %d", workers);
        Check.that(prefetch >= 1 && prefetch <= 1024, "prefetch", "must lie in [1, 1024], is %d", prefetch);
        Check.that(cacheMib >= 0, "cache_mib", "must not be negative, is %d", cacheMib);
    }

    /** One worker, four batches ahead, no cache, broken files are errors. */
    public static LoaderOptions of(int batchSize, long seed) {
        return new LoaderOptions(batchSize, seed, 1, 4, false, 0);
    }

    /** The same with other threads and depth. */
    public LoaderOptions withWorkers(int count, int depth) {
        return new LoaderOptions(batchSize, seed, count, depth, skipUnreadable, cacheMib);
    }

    /** The same, but broken files are left out and counted. */
    public LoaderOptions skippingUnreadable() {
        return new LoaderOptions(batchSize, seed, workers, prefetch, true, cacheMib);
    }

    /** The same with a cache of decoded pictures. */
    public LoaderOptions withCache(int mib) {
        return new LoaderOptions(batchSize, seed, workers, prefetch, skipUnreadable, mib);
    }
}
