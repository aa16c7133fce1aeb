package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Interpolation;
import io.vertebra.images.Size;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Resizes to the largest size that fits a scale times a random factor and keeps the ratio, as mmcv's {@code RandomResize} with
 * {@code keep_ratio=True}; the filter is Pillow's, antialiased.
 */
public final class RandomResize implements Transform {

    private final Config config;

    /** The transform with these settings. */
    public RandomResize(Config config) {
        this.config = config;
    }

    /**
     * The keys of {@code random_resize}.
     *
     * @param scale two lengths, such as [2048, 512]: the longer side is at most the larger one, the shorter side at most the smaller one
     * @param ratio smallest and largest factor of both, [0.5, 2] if left out
     * @param interpolation the filter, bilinear if left out
     */
    public record Config(List<Integer> scale, List<Double> ratio, Interpolation interpolation) {
        public Config {
            Check.that(scale != null, "scale", "is missing; give width and height in pixels");
            scale = Sizes.checkScale(scale);
            ratio = List.copyOf(Check.or(ratio, List.of(0.5, 2.0)));
            Check.that(ratio.size() == 2, "ratio", "needs two numbers, smallest and largest, has %d", ratio.size());
            Check.that(
                    ratio.get(0) > 0 && ratio.get(0) <= ratio.get(1) && ratio.get(1) <= 16,
                    "ratio",
                    "must rise within (0, 16], is %s",
                    ratio);
            interpolation = Check.or(interpolation, Interpolation.BILINEAR);
        }
    }

    @Override
    public Sample apply(Sample sample, RandomGenerator random) {
        double low = config.ratio().get(0);
        double ratio = low + random.nextDouble() * (config.ratio().get(1) - low);
        Size size = Sizes.fit(
                sample.image().size(),
                scaled(config.scale().get(0), ratio),
                scaled(config.scale().get(1), ratio));
        return sample.resized(size.height(), size.width(), config.interpolation());
    }

    private static int scaled(int length, double ratio) {
        return Math.max(1, (int) (length * ratio));
    }

    @Override
    public Optional<Size> size(Optional<Size> before) {
        return Optional.empty();
    }
}
