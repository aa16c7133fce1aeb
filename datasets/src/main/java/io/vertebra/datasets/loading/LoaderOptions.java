package io.vertebra.datasets.loading;

import io.vertebra.datasets.Check;

/**
 * How a loader works; all but batch size, seed and bucket leave the batches as they are.
 *
 * @param batchSize rows a batch, at least 1
 * @param seed of order and augmentation
 * @param workers threads, at least 1
 * @param prefetch batches made ahead, at least 1
 * @param skipUnreadable whether broken files are left out and counted instead of ending the run
 * @param cacheMib how much of the decoded pictures and their annotations may be kept in memory, in MiB; 0 for none
 * @param bucket 0: all pictures have one size after their transforms; else those of a batch are padded at the bottom and right to the
 *     largest of them, rounded up to a multiple of this
 */
public record LoaderOptions(
        int batchSize, long seed, int workers, int prefetch, boolean skipUnreadable, int cacheMib, int bucket) {

    public LoaderOptions {
        Check.that(batchSize >= 1, "batch_size", "must be at least 1, is %d", batchSize);
        Check.that(workers >= 1 && workers <= 256, "workers", "must lie in [1, 256], is %d", workers);
        Check.that(prefetch >= 1 && prefetch <= 1024, "prefetch", "must lie in [1, 1024], is %d", prefetch);
        Check.that(cacheMib >= 0, "cache_mib", "must not be negative, is %d", cacheMib);
        Check.that(bucket >= 0 && bucket <= 1024, "bucket", "must lie in [0, 1024], is %d", bucket);
    }

    /** Pictures of one size. */
    public LoaderOptions(int batchSize, long seed, int workers, int prefetch, boolean skipUnreadable, int cacheMib) {
        this(batchSize, seed, workers, prefetch, skipUnreadable, cacheMib, 0);
    }

    /** One worker, four batches ahead, no cache, broken files are errors. */
    public static LoaderOptions of(int batchSize, long seed) {
        return new LoaderOptions(batchSize, seed, 1, 4, false, 0);
    }

    /** The same with other threads and depth. */
    public LoaderOptions withWorkers(int count, int depth) {
        return new LoaderOptions(batchSize, seed, count, depth, skipUnreadable, cacheMib, bucket);
    }

    /** The same, but broken files are left out and counted. */
    public LoaderOptions skippingUnreadable() {
        return new LoaderOptions(batchSize, seed, workers, prefetch, true, cacheMib, bucket);
    }

    /** The same with a cache of decoded pictures. */
    public LoaderOptions withCache(int mib) {
        return new LoaderOptions(batchSize, seed, workers, prefetch, skipUnreadable, mib, bucket);
    }

    /** The same for pictures of several sizes. */
    public LoaderOptions withBucket(int multiple) {
        return new LoaderOptions(batchSize, seed, workers, prefetch, skipUnreadable, cacheMib, multiple);
    }
}
