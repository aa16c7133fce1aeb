package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Interpolation;
import io.vertebra.images.Size;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Squeezes the picture into a size without regard to its ratio, as SSD takes its pictures. */
public final class ResizeExact implements Transform {

    private final Size size;
    private final Interpolation interpolation;

    /** The transform with these settings. */
    public ResizeExact(Config config) {
        this.size = Sizes.of(config.size());
        this.interpolation = config.interpolation();
    }

    /**
     * The keys of {@code resize_exact}.
     *
     * @param size side of a square, or height and width, in pixels
     * @param interpolation the filter, bilinear if left out
     */
    public record Config(List<Integer> size, Interpolation interpolation) {
        public Config {
            size = Sizes.check(size);
            interpolation = Check.or(interpolation, Interpolation.BILINEAR);
        }
    }

    @Override
    public Sample apply(Sample sample, RandomGenerator random) {
        return sample.resized(size.height(), size.width(), interpolation);
    }

    @Override
    public Optional<Size> size(Optional<Size> before) {
        return Optional.of(size);
    }
}
