package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Interpolation;
import io.vertebra.images.Resampling;
import io.vertebra.images.Size;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Resizes the shorter side to a length and keeps the ratio, as torchvision's {@code Resize(size)}. */
public final class Resize implements Transform {

    private final Config config;

    /** The transform with these settings. */
    public Resize(Config config) {
        this.config = config;
    }

    /**
     * The keys of {@code resize}.
     *
     * @param size length of the shorter side, in pixels
     * @param interpolation the filter, bilinear if left out
     */
    public record Config(Integer size, Interpolation interpolation) {
        public Config {
            Sizes.check(size);
            interpolation = Check.or(interpolation, Interpolation.BILINEAR);
        }
    }

    @Override
    public Sample apply(Sample sample, RandomGenerator random) {
        Size size = Resampling.shortSize(sample.image().size(), config.size());
        return sample.resized(size.height(), size.width(), config.interpolation());
    }

    @Override
    public Optional<Size> size(Optional<Size> before) {
        return before.map(size -> Resampling.shortSize(size, config.size()));
    }
}
