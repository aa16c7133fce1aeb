package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Check;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Box;
import io.vertebra.images.Size;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Cuts out a window that overlaps the objects by a drawn measure, or leaves the picture as it is; SSD's sampling of patches.
 *
 * <p>One of the options is drawn: a least IoU, or at 1 and more no change. Up to {@code trials} windows with sides uniform in {@code scale}
 * of the picture's and width / height in {@code ratio} are tried; of the first with the centre of an object in it and an IoU of at least the
 * least with one of these, the objects whose centre lies within are kept, and their boxes cut. If none fits, another option is drawn. Liu et
 * al. 2016, arXiv:1512.02325, section 2.2. As torchvision's {@code RandomIoUCrop}. Crowds have no say in the choice, and stay while any part
 * of them is seen: what they cover must not become background.
 */
public final class MinIouCrop implements Transform {

    /** Options are drawn anew after that many without a window, so that a strange picture does not hold up a worker. */
    private static final int MOST_DRAWS = 50;

    private final Config config;

    /** The transform with these settings. */
    public MinIouCrop(Config config) {
        this.config = config;
    }

    /**
     * The keys of {@code min_iou_crop}.
     *
     * @param options least IoUs, of which one is drawn; 1 and more stands for no change; [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1] if left out
     * @param scale smallest and largest side in shares of the picture's, [0.3, 1] if left out
     * @param ratio smallest and largest width / height of the window, [0.5, 2] if left out
     * @param trials how many windows are tried for an option, 40 if left out
     */
    public record Config(List<Double> options, List<Double> scale, List<Double> ratio, Integer trials) {
        public Config {
            options = List.copyOf(Check.or(options, List.of(0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)));
            scale = List.copyOf(Check.or(scale, List.of(0.3, 1.0)));
            ratio = List.copyOf(Check.or(ratio, List.of(0.5, 2.0)));
            trials = Check.or(trials, 40);
            Check.that(
                    !options.isEmpty() && options.stream().allMatch(o -> o >= 0),
                    "options",
                    "needs numbers from 0 on, is %s",
                    options);
            Check.that(scale.size() == 2, "scale", "needs two numbers, smallest and largest, has %d", scale.size());
            Check.that(
                    scale.get(0) > 0 && scale.get(0) <= scale.get(1) && scale.get(1) <= 1,
                    "scale",
                    "must rise within (0, 1], is %s",
                    scale);
            Check.that(ratio.size() == 2, "ratio", "needs two numbers, smallest and largest, has %d", ratio.size());
            Check.that(
                    ratio.get(0) > 0 && ratio.get(0) <= ratio.get(1) && Double.isFinite(ratio.get(1)),
                    "ratio",
                    "must rise and be above 0, is %s",
                    ratio);
            Check.that(trials >= 1 && trials <= 1000, "trials", "must lie in [1, 1000], is %d", trials);
        }
    }

    @Override
    public Sample apply(Sample sample, RandomGenerator random) {
        if (sample.annotations().objects().stream().allMatch(Instance::crowd)) {
            return sample;
        }
        for (int draw = 0; draw < MOST_DRAWS; draw++) {
            double least = config.options().get(random.nextInt(config.options().size()));
            if (least >= 1) {
                return sample;
            }
            for (int trial = 0; trial < config.trials(); trial++) {
                Optional<Sample> cut = tryWindow(sample, least, random);
                if (cut.isPresent()) {
                    return cut.get();
                }
            }
        }
        return sample;
    }

    private Optional<Sample> tryWindow(Sample sample, double least, RandomGenerator random) {
        int height = side(sample.image().height(), random);
        int width = side(sample.image().width(), random);
        double ratio = (double) width / height;
        int top = random.nextInt(sample.image().height() - height + 1);
        int left = random.nextInt(sample.image().width() - width + 1);
        if (ratio < config.ratio().get(0) || ratio > config.ratio().get(1)) {
            return Optional.empty();
        }
        Box window = new Box(left, top, left + width, top + height);
        boolean fits = sample.annotations().objects().stream()
                .anyMatch(o -> !o.crowd() && holdsCentre(window, o.box()) && iou(window, o.box()) >= least);
        if (!fits) {
            return Optional.empty();
        }
        Annotations kept = sample.annotations().where(o -> o.crowd() || holdsCentre(window, o.box()));
        return Optional.of(sample.withAnnotations(kept).window(top, left, height, width));
    }

    private int side(int whole, RandomGenerator random) {
        double share = config.scale().get(0)
                + random.nextDouble() * (config.scale().get(1) - config.scale().get(0));
        return Math.max(1, (int) (whole * share));
    }

    private static boolean holdsCentre(Box window, Box box) {
        float x = (box.x1() + box.x2()) / 2;
        float y = (box.y1() + box.y2()) / 2;
        return window.x1() < x && x < window.x2() && window.y1() < y && y < window.y2();
    }

    private static double iou(Box window, Box box) {
        double width = Math.min(window.x2(), box.x2()) - Math.max(window.x1(), box.x1());
        double height = Math.min(window.y2(), box.y2()) - Math.max(window.y1(), box.y1());
        double common = width * height; // both are above 0: the box's centre lies within the window
        return common / (window.area() + box.area() - common);
    }

    @Override
    public Optional<Size> size(Optional<Size> before) {
        return Optional.empty();
    }
}
