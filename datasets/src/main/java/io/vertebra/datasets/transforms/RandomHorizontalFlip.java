package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Size;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Mirrors some of the samples left to right. */
public final class RandomHorizontalFlip implements Transform {

    private final Config config;

    /** The transform with these settings. */
    public RandomHorizontalFlip(Config config) {
        this.config = config;
    }

    /**
     * The keys of {@code random_horizontal_flip}.
     *
     * @param probability of a flip, 0.5 if left out
     */
    public record Config(Double probability) {
        public Config {
            probability = Check.or(probability, 0.5);
            Check.that(probability >= 0 && probability <= 1, "probability", "must lie in [0, 1], is %s", probability);
        }
    }

    @Override
    public Sample apply(Sample sample, RandomGenerator random) {
        return random.nextDouble() < config.probability() ? sample.flipped() : sample;
    }

    @Override
    public Optional<Size> size(Optional<Size> before) {
        return before;
    }
}
