package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Size;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Puts the picture somewhere on a larger ground of one colour, so that objects become small; SSD's zoom out.
 *
 * <p>Sides grow by a factor uniform in {@code ratio}, the place is uniform. Liu et al. 2016, arXiv:1512.02325, section 3.6. As torchvision's
 * {@code RandomZoomOut}.
 */
public final class Expand implements Transform {

    private static final double LARGEST = 16;

    private final Config config;
    private final byte[] ground;

    /** The transform with these settings. */
    public Expand(Config config) {
        this.config = config;
        this.ground = new byte[3];
        for (int c = 0; c < 3; c++) {
            ground[c] = (byte) (int) config.fill().get(c);
        }
    }

    /**
     * The keys of {@code expand}.
     *
     * @param probability of a change, 0.5 if left out
     * @param ratio smallest and largest factor, [1, 4] if left out
     * @param fill red, green and blue of the ground, 0 to 255, ImageNet's mean [124, 116, 104] if left out
     */
    public record Config(Double probability, List<Double> ratio, List<Integer> fill) {
        public Config {
            probability = Check.or(probability, 0.5);
            ratio = List.copyOf(Check.or(ratio, List.of(1.0, 4.0)));
            fill = List.copyOf(Check.or(fill, List.of(124, 116, 104)));
            Check.that(probability >= 0 && probability <= 1, "probability", "must lie in [0, 1], is %s", probability);
            Check.that(ratio.size() == 2, "ratio", "needs two numbers, smallest and largest, has %d", ratio.size());
            Check.that(
                    ratio.get(0) >= 1 && ratio.get(0) <= ratio.get(1) && ratio.get(1) <= LARGEST,
                    "ratio",
                    "must rise within [1, 16], is %s",
                    ratio);
            Check.that(fill.size() == 3, "fill", "needs red, green and blue, has %d numbers", fill.size());
            Check.that(fill.stream().allMatch(c -> c >= 0 && c <= 255), "fill", "must lie in [0, 255], is %s", fill);
        }
    }

    @Override
    public Sample apply(Sample sample, RandomGenerator random) {
        if (random.nextDouble() >= config.probability()) {
            return sample;
        }
        double factor = random.nextDouble(config.ratio().get(0), config.ratio().get(1));
        int height = (int) (sample.image().height() * factor);
        int width = (int) (sample.image().width() * factor);
        int top = random.nextInt(height - sample.image().height() + 1);
        int left = random.nextInt(width - sample.image().width() + 1);
        return sample.window(-top, -left, height, width, ground);
    }

    @Override
    public Optional<Size> size(Optional<Size> before) {
        return config.probability() == 0 ? before : Optional.empty();
    }
}
