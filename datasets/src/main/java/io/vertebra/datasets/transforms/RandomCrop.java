package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.Sample;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Size;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Cuts a rectangle out of a random place, after a black border was put around the picture, as torchvision's {@code RandomCrop}; a picture that is
 * too small stands in the middle.
 *
 * <p>With {@code max_class_share} a place where one class of the label map covers more is drawn again, up to ten times, as mmsegmentation's
 * {@code cat_max_ratio}; ignored pixels do not count, and a place with one class only is never good.
 */
public final class RandomCrop implements Transform {

    private static final int TRIES = 10;

    private final Config config;
    private final Size size;

    /** The transform with these settings. */
    public RandomCrop(Config config) {
        this.config = config;
        this.size = Sizes.of(config.size());
    }

    /**
     * The keys of {@code random_crop}.
     *
     * @param size side of a square, or height and width, in pixels
     * @param padding width of the border, in pixels, 0 if left out; 4 is the custom for CIFAR
     * @param maxClassShare most of the labelled pixels that may belong to one class, 1 if left out: no limit
     */
    public record Config(List<Integer> size, Integer padding, Double maxClassShare) {
        public Config {
            size = Sizes.check(size);
            padding = Check.or(padding, 0);
            maxClassShare = Check.or(maxClassShare, 1.0);
            int limit = Math.min(size.get(0), size.get(size.size() - 1));
            Check.that(padding >= 0 && padding <= limit, "padding", "must lie in [0, %d], is %d", limit, padding);
            Check.that(
                    maxClassShare > 0 && maxClassShare <= 1,
                    "max_class_share",
                    "must lie in (0, 1], is %s",
                    maxClassShare);
        }

        /** A square, whatever is in it. */
        public Config(Integer size, Integer padding) {
            this(size == null ? null : List.of(size), padding, null);
        }
    }

    @Override
    public Sample apply(Sample sample, RandomGenerator random) {
        Optional<LabelMap> map =
                config.maxClassShare() < 1 ? sample.annotations().labelMap() : Optional.empty();
        int top = start(sample.image().height(), size.height(), random);
        int left = start(sample.image().width(), size.width(), random);
        for (int i = 0; i < TRIES && map.isPresent() && !isMixed(map.get(), top, left); i++) {
            top = start(sample.image().height(), size.height(), random);
            left = start(sample.image().width(), size.width(), random);
        }
        return sample.window(top, left, size.height(), size.width());
    }

    private int start(int side, int crop, RandomGenerator random) {
        int room = side + 2 * config.padding() - crop;
        return room <= 0 ? -((crop - side) / 2) : random.nextInt(room + 1) - config.padding();
    }

    /** Whether no class covers too much of a place: one that is alone covers all, and the limit is below that. */
    private boolean isMixed(LabelMap map, int top, int left) {
        int[] counts = new int[256];
        for (int y = Math.max(0, top); y < Math.min(map.height(), top + size.height()); y++) {
            for (int x = Math.max(0, left); x < Math.min(map.width(), left + size.width()); x++) {
                counts[map.at(y, x)]++;
            }
        }
        counts[LabelMap.IGNORE] = 0;
        int largest = 0;
        long all = 0;
        for (int count : counts) {
            largest = Math.max(largest, count);
            all += count;
        }
        return largest < config.maxClassShare() * all;
    }

    @Override
    public Optional<Size> size(Optional<Size> before) {
        return Optional.of(size);
    }
}
