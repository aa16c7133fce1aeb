package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Interpolation;
import io.vertebra.images.Resampling;
import io.vertebra.images.Size;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Resizes and keeps the ratio: the shorter side to a length, as torchvision's {@code Resize(size)}, or the whole to the largest that fits a
 * scale, as mmcv's {@code Resize(scale, keep_ratio=True)}. The filter is Pillow's, antialiased.
 */
public final class Resize implements Transform {

    private final Config config;

    /** The transform with these settings. */
    public Resize(Config config) {
        this.config = config;
    }

    /**
     * The keys of {@code resize}: {@code size} or {@code scale}.
     *
     * @param size length of the shorter side, in pixels
     * @param scale two lengths, such as [2048, 512]: the longer side is at most the larger one, the shorter side at most the smaller one
     * @param interpolation the filter, bilinear if left out
     */
    public record Config(Integer size, List<Integer> scale, Interpolation interpolation) {
        public Config {
            if ((size == null) == (scale == null)) {
                throw new IllegalArgumentException(
                        "one of the two is wanted: size, the length of the shorter side, or scale, [width, height]");
            }
            if (scale == null) {
                Sizes.check(size);
            } else {
                scale = Sizes.checkScale(scale);
            }
            interpolation = Check.or(interpolation, Interpolation.BILINEAR);
        }

        /** The shorter side to a length. */
        public Config(Integer size, Interpolation interpolation) {
            this(size, null, interpolation);
        }
    }

    @Override
    public Sample apply(Sample sample, RandomGenerator random) {
        Size size = target(sample.image().size());
        return sample.resized(size.height(), size.width(), config.interpolation());
    }

    private Size target(Size picture) {
        return config.scale() == null
                ? Resampling.shortSize(picture, config.size())
                : Sizes.fit(picture, config.scale().get(0), config.scale().get(1));
    }

    @Override
    public Optional<Size> size(Optional<Size> before) {
        return before.map(this::target);
    }
}
