package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Sample;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Cuts a square out of the middle, as torchvision's {@code CenterCrop(size)}; pictures that are too small get a black border. */
public final class CenterCrop implements Transform {

    private final Config config;

    /** The transform with these settings. */
    public CenterCrop(Config config) {
        this.config = config;
    }

    /**
     * The keys of {@code center_crop}.
     *
     * @param size side of the square, in pixels
     */
    public record Config(Integer size) {
        public Config {
            Sizes.check(size);
        }
    }

    @Override
    public Sample apply(Sample sample, RandomGenerator random) {
        int top = Raster.cropStart(sample.image().height(), config.size());
        int left = Raster.cropStart(sample.image().width(), config.size());
        return sample.window(top, left, config.size(), config.size());
    }

    @Override
    public Optional<Size> size(Optional<Size> before) {
        return Optional.of(new Size(config.size(), config.size()));
    }
}
