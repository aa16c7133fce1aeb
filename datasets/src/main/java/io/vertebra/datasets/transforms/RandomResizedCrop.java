package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Interpolation;
import io.vertebra.images.Size;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Cuts out a random part of random size and ratio and resizes it to a square, as torchvision's {@code RandomResizedCrop}.
 *
 * <p>Ten tries: area uniform in {@code scale}, logarithm of the ratio (width / height) uniform in {@code ratio}; if none fits, the middle
 * with the nearest ratio allowed. Szegedy et al. 2014, arXiv:1409.4842, section 6.
 */
public final class RandomResizedCrop implements Transform {

    private static final int TRIES = 10;

    private final Config config;
    private final double lowest;
    private final double highest;

    /** The transform with these settings. */
    public RandomResizedCrop(Config config) {
        this.config = config;
        this.lowest = StrictMath.log(config.ratio().get(0));
        this.highest = StrictMath.log(config.ratio().get(1));
    }

    /**
     * The keys of {@code random_resized_crop}.
     *
     * @param size side of the square, in pixels
     * @param scale smallest and largest share of the picture's area, [0.08, 1] if left out
     * @param ratio smallest and largest width / height, [3/4, 4/3] if left out
     * @param interpolation the filter, bilinear if left out
     */
    public record Config(Integer size, List<Double> scale, List<Double> ratio, Interpolation interpolation) {
        public Config {
            Sizes.check(size);
            scale = List.copyOf(Check.or(scale, List.of(0.08, 1.0)));
            ratio = List.copyOf(Check.or(ratio, List.of(3 / 4.0, 4 / 3.0)));
            interpolation = Check.or(interpolation, Interpolation.BILINEAR);
            Check.that(scale.size() == 2, "scale", "needs two numbers, smallest and largest, has %d", scale.size());
            Check.that(ratio.size() == 2, "ratio", "needs two numbers, smallest and largest, has %d", ratio.size());
            Check.that(
                    scale.get(0) > 0 && scale.get(0) <= scale.get(1) && scale.get(1) <= 1,
                    "scale",
                    "must rise within (0, 1], is %s",
                    scale);
            Check.that(
                    ratio.get(0) > 0 && ratio.get(0) <= ratio.get(1) && Double.isFinite(ratio.get(1)),
                    "ratio",
                    "must rise and be above 0, is %s",
                    ratio);
        }
    }

    @Override
    public Sample apply(Sample sample, RandomGenerator random) {
        int height = sample.image().height();
        int width = sample.image().width();
        double area = (double) height * width;
        for (int i = 0; i < TRIES; i++) {
            double share = config.scale().get(0)
                    + random.nextDouble()
                            * (config.scale().get(1) - config.scale().get(0));
            double ratio = StrictMath.exp(lowest + random.nextDouble() * (highest - lowest));
            int w = (int) Math.rint(Math.sqrt(area * share * ratio));
            int h = (int) Math.rint(Math.sqrt(area * share / ratio));
            if (w > 0 && w <= width && h > 0 && h <= height) {
                int top = random.nextInt(height - h + 1);
                int left = random.nextInt(width - w + 1);
                return cut(sample, top, left, h, w);
            }
        }
        double ratio = (double) width / height;
        int h = height;
        int w = width;
        if (ratio < config.ratio().get(0)) {
            h = Math.max(1, (int) Math.rint(width / config.ratio().get(0)));
        } else if (ratio > config.ratio().get(1)) {
            w = Math.max(1, (int) Math.rint(height * config.ratio().get(1)));
        }
        return cut(sample, (height - h) / 2, (width - w) / 2, h, w);
    }

    private Sample cut(Sample sample, int top, int left, int height, int width) {
        return sample.window(top, left, height, width).resized(config.size(), config.size(), config.interpolation());
    }

    @Override
    public Optional<Size> size(Optional<Size> before) {
        return Optional.of(new Size(config.size(), config.size()));
    }
}
