package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Check;
import io.vertebra.datasets.CounterRandom;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The transforms of a data section in their order; immutable, safe for use from several threads. */
public final class Pipeline {

    /** No change at all. */
    public static final Pipeline NONE = new Pipeline(List.of(), List.of());

    private final List<Transform> transforms;
    private final List<BatchTransform> batchTransforms;

    private Pipeline(List<Transform> transforms, List<BatchTransform> batchTransforms) {
        this.transforms = List.copyOf(transforms);
        this.batchTransforms = List.copyOf(batchTransforms);
    }

    /**
     * The pipeline of these steps.
     *
     * @throws IllegalArgumentException {@code transforms: reason} if a transform of samples follows one of batches
     */
    public static Pipeline of(List<? extends Step> steps) {
        List<Transform> transforms = new ArrayList<>();
        List<BatchTransform> batchTransforms = new ArrayList<>();
        for (Step step : steps) {
            if (step instanceof Transform transform) {
                Check.that(batchTransforms.isEmpty(), "transforms", "mixup and cutmix must come last");
                transforms.add(transform);
            } else if (step instanceof BatchTransform batchTransform) {
                batchTransforms.add(batchTransform);
            }
        }
        return new Pipeline(transforms, batchTransforms);
    }

    /** Whether batches get soft labels. */
    public boolean hasBatchTransforms() {
        return !batchTransforms.isEmpty();
    }

    /** The size of all results, where the transforms or the size of all samples before fix it. */
    public Optional<Size> size(Optional<Size> before) {
        Optional<Size> size = before;
        for (Transform transform : transforms) {
            size = transform.size(size);
        }
        return size;
    }

    /**
     * The sample as it is seen in an epoch.
     *
     * @param index the sample's number in its data set; with seed and epoch it fixes all random choices
     */
    public Sample apply(Sample sample, long seed, long epoch, int index) {
        Sample result = sample;
        for (int i = 0; i < transforms.size(); i++) {
            result = transforms.get(i).apply(result, CounterRandom.of(seed, epoch, index, i));
        }
        return result;
    }

    /** Mixes a filled batch; its epoch and number with the seed fix all random choices. */
    public void apply(Batch batch, long seed) {
        for (int i = 0; i < batchTransforms.size(); i++) {
            // -1 - i keeps the keys apart from those of samples
            batchTransforms.get(i).apply(batch, CounterRandom.of(seed, batch.epoch(), batch.index(), -1 - i));
        }
    }
}
