package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Sample;
import io.vertebra.images.Size;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Puts black at the bottom and at the right of pictures that are smaller than a size, ignored in label maps; others stay as they are. */
public final class Pad implements Transform {

    private final Size least;

    /** The transform with these settings. */
    public Pad(Config config) {
        this.least = Sizes.of(config.size());
    }

    /**
     * The keys of {@code pad}.
     *
     * @param size side of a square, or height and width, in pixels
     */
    public record Config(List<Integer> size) {
        public Config {
            size = Sizes.check(size);
        }
    }

    @Override
    public Sample apply(Sample sample, RandomGenerator random) {
        Size size = padded(sample.image().size());
        return size.equals(sample.image().size()) ? sample : sample.window(0, 0, size.height(), size.width());
    }

    private Size padded(Size size) {
        return new Size(Math.max(size.height(), least.height()), Math.max(size.width(), least.width()));
    }

    @Override
    public Optional<Size> size(Optional<Size> before) {
        return before.map(this::padded);
    }
}
