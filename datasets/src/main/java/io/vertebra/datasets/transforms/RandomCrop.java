package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Size;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Cuts a square out of a random place, after a black border was put around the picture, as torchvision's {@code RandomCrop}. */
public final class RandomCrop implements Transform {

    private final Config config;

    /** The transform with these settings. */
    public RandomCrop(Config config) {
        this.config = config;
    }

    /**
     * The keys of {@code random_crop}.
     *
     * @param size side of the square, in pixels
     * @param padding width of the border, in pixels, 0 if left out; 4 is the custom for CIFAR
     */
    public record Config(Integer size, Integer padding) {
        public Config {
            Sizes.check(size);
            padding = Check.or(padding, 0);
            Check.that(padding >= 0 && padding <= size, "padding", "must lie in [0, %d], is %d", size, padding);
        }
    }

    @Override
    public Sample apply(Sample sample, RandomGenerator random) {
        int top = start(sample.image().height(), random);
        int left = start(sample.image().width(), random);
        return sample.window(top, left, config.size(), config.size());
    }

    private int start(int side, RandomGenerator random) {
        int room = side + 2 * config.padding() - config.size();
        return room <= 0 ? -((config.size() - side) / 2) : random.nextInt(room + 1) - config.padding();
    }

    @Override
    public Optional<Size> size(Optional<Size> before) {
        return Optional.of(new Size(config.size(), config.size()));
    }
}
