package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Interpolation;
import io.vertebra.images.Size;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Resizes the shorter side to one of several lengths and keeps the ratio, unless the longer side would become too long; then the longer side gets
 * its limit. Several lengths are for training, one for evaluation. As Detectron2's {@code ResizeShortestEdge} and torchvision's detectors.
 */
public final class ResizeShort implements Transform {

    private final Config config;

    /** The transform with these settings. */
    public ResizeShort(Config config) {
        this.config = config;
    }

    /**
     * The keys of {@code resize_short}.
     *
     * @param sizes lengths of the shorter side in pixels, of which one is drawn
     * @param maxSize the longest that the longer side may become, 1333 if left out
     * @param interpolation the filter, bilinear if left out
     */
    public record Config(List<Integer> sizes, Integer maxSize, Interpolation interpolation) {
        public Config {
            Check.that(sizes != null && !sizes.isEmpty(), "sizes", "is missing; give lengths in pixels");
            sizes = List.copyOf(sizes);
            maxSize = Check.or(maxSize, 1333);
            interpolation = Check.or(interpolation, Interpolation.BILINEAR);
            for (int size : sizes) {
                Check.that(
                        size >= 1 && size <= Sizes.LARGEST, "sizes", "must lie in [1, %d], is %d", Sizes.LARGEST, size);
            }
            Check.that(
                    maxSize >= 1 && maxSize <= Sizes.LARGEST,
                    "max_size",
                    "must lie in [1, %d], is %d",
                    Sizes.LARGEST,
                    maxSize);
        }
    }

    @Override
    public Sample apply(Sample sample, RandomGenerator random) {
        int length = config.sizes().get(random.nextInt(config.sizes().size()));
        Size size = resized(sample.image().size(), length);
        return sample.resized(size.height(), size.width(), config.interpolation());
    }

    private Size resized(Size size, int length) {
        double factor = Math.min(
                (double) length / Math.min(size.height(), size.width()),
                (double) config.maxSize() / Math.max(size.height(), size.width()));
        return new Size(side(size.height(), factor), side(size.width(), factor));
    }

    private static int side(int side, double factor) {
        return Math.max(1, (int) Math.floor(side * factor + 0.5));
    }

    @Override
    public Optional<Size> size(Optional<Size> before) {
        return config.sizes().size() == 1
                ? before.map(size -> resized(size, config.sizes().get(0)))
                : Optional.empty();
    }
}
