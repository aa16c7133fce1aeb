package io.vertebra.app.recipe;

import io.vertebra.datasets.loading.LoaderOptions;
import java.util.List;

/**
 * The section {@code data}.
 *
 * @param classes names in label order; left out: as the reader finds them
 * @param normalize {@code weights}: as the weights want it, ImageNet's constants without weights; or mean and std of red, green and blue
 * @param workers threads that decode and augment
 * @param cacheMib how much of the decoded pictures is kept in memory, in MiB
 * @param skipUnreadable whether broken pictures are left out and counted, instead of ending the run
 * @param bucket pictures of a batch are padded to the largest of them, rounded up to a multiple of this; 0: all have one size
 * @param split share of the pictures that are trained on, the others validate; for data without a {@code val}
 * @param train the pictures to train on
 * @param val the pictures to validate on
 */
public record DataSection(
        List<String> classes,
        Normalize normalize,
        Integer workers,
        Integer cacheMib,
        Boolean skipUnreadable,
        Integer bucket,
        Double split,
        Source train,
        Source val) {
    /** Batches made ahead: enough to even out slow pictures, few enough for memory. */
    static final int PREFETCH = 4;

    /** Fills in defaults and checks ranges. */
    public DataSection {
        normalize = normalize == null ? Normalize.Automatic.WEIGHTS : normalize;
        workers = workers == null ? 1 : workers;
        cacheMib = cacheMib == null ? 256 : cacheMib;
        skipUnreadable = skipUnreadable != null && skipUnreadable;
        bucket = bucket == null ? 0 : bucket;
        Range.check(bucket >= 0 && bucket <= 4096, "bucket must lie in [0, 4096], is " + bucket);
        Range.check(
                classes == null || !classes.isEmpty(),
                "classes must not be empty; leave the key out to take those of the data");
        Range.check(workers >= 1 && workers <= 64, "workers must lie in [1, 64], is " + workers);
        Range.check(cacheMib >= 0, "cache_mib must not be negative, is " + cacheMib);
        Range.check(split == null || (split > 0 && split < 1), "split must lie between 0 and 1, is " + split);
        Range.check(split == null || train != null, "split: needs a section train to divide");
        Range.check(
                split == null || val == null, "split: divides train, but there is a section val too; give one of them");
        Range.check(train != null || val != null, "the section needs train or val");
    }

    /** How a loader of this data works. */
    public LoaderOptions loaderOptions(int batchSize, long seed) {
        return new LoaderOptions(batchSize, seed, workers, PREFETCH, skipUnreadable, cacheMib, bucket);
    }

    DataSection resolved(List<String> names, Normalize constants) {
        return new DataSection(names, constants, workers, cacheMib, skipUnreadable, bucket, split, train, val);
    }
}
