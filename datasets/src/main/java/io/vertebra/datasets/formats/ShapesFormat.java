package io.vertebra.datasets.formats;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.CounterRandom;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetFormat;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Size;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Drawn pictures for trying things out: no file is needed, and every picture follows from the seed and its number.
 *
 * <p>The class is that of the one large figure in front. Ground, texture, colour, place, size, turn, smaller figures behind, a bar before and
 * noise vary; box, mask and label map come with every figure. Classes take turns, so that each is equally frequent.
 */
public final class ShapesFormat implements DatasetFormat<ShapesFormat.Config> {

    private static final List<String> NAMES = Shape.ALL.stream()
            .map(shape -> shape.name().toLowerCase(Locale.ROOT))
            .toList();
    private static final List<String> PIXEL_NAMES =
            Stream.concat(Stream.of("background"), NAMES.stream()).toList();

    /**
     * The keys of {@code format: shapes}.
     *
     * @param count how many pictures, 1000 if left out
     * @param size height and width in pixels, 48 if left out
     * @param seed of all pictures, 1 if left out; another seed gives other pictures
     */
    public record Config(Integer count, Integer size, Long seed) {
        public Config {
            count = Check.or(count, 1000);
            size = Check.or(size, 48);
            seed = Check.or(seed, 1L);
            Check.that(count >= 1 && count <= 100_000_000, "count", "must lie in [1, 100000000], is %d", count);
            Check.that(size >= 16 && size <= 1024, "size", "must lie in [16, 1024], is %d", size);
        }
    }

    @Override
    public Class<Config> config() {
        return Config.class;
    }

    @Override
    public List<String> classNames(Config config) {
        return NAMES;
    }

    @Override
    public Dataset open(Config config) {
        return new Drawn(config);
    }

    private record Drawn(Config config) implements Dataset {

        @Override
        public int size() {
            return config.count();
        }

        @Override
        public List<String> classNames() {
            return NAMES;
        }

        @Override
        public List<String> pixelClassNames() {
            return PIXEL_NAMES;
        }

        @Override
        public int label(int index) {
            return index % NAMES.size();
        }

        @Override
        public String id(int index) {
            return "shapes-" + config.seed() + "-" + index;
        }

        @Override
        public Sample load(int index) {
            return Scene.draw(id(index), label(index), config.size(), CounterRandom.of(config.seed(), index));
        }

        @Override
        public Optional<Size> imageSize() {
            return Optional.of(new Size(config.size(), config.size()));
        }
    }
}
