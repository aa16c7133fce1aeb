package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Changes brightness, contrast, saturation and hue at random, each with probability 1/2, as mmsegmentation's {@code PhotoMetricDistortion} and
 * SSD's training (Liu et al. 2016, arXiv:1512.02325, section 2.2).
 *
 * <p>Brightness comes first; contrast follows it or comes last, with equal probability; saturation and hue are those of the hexcone (HSV). Values
 * are clipped to their range after each change. They are rounded once at the end, not after each change as there, and hues are not in steps of
 * two degrees.
 */
public final class PhotometricDistortion implements Transform {

    private static final float WHITE = 255;

    private final Config config;

    /** The transform with these settings. */
    public PhotometricDistortion(Config config) {
        this.config = config;
    }

    /**
     * The keys of {@code photometric_distortion}.
     *
     * @param brightness most that is added to or taken from a sample of 0 to 255, 32 if left out
     * @param contrast smallest and largest factor of all samples, [0.5, 1.5] if left out
     * @param saturation smallest and largest factor of the saturation, [0.5, 1.5] if left out
     * @param hue most that colours are turned either way, in degrees, 36 if left out
     */
    public record Config(Double brightness, List<Double> contrast, List<Double> saturation, Double hue) {
        public Config {
            brightness = Check.or(brightness, 32.0);
            contrast = range("contrast", contrast);
            saturation = range("saturation", saturation);
            hue = Check.or(hue, 36.0);
            Check.that(brightness >= 0 && brightness <= 255, "brightness", "must lie in [0, 255], is %s", brightness);
            Check.that(hue >= 0 && hue <= 180, "hue", "must lie in [0, 180], is %s", hue);
        }

        private static List<Double> range(String key, List<Double> given) {
            List<Double> range = List.copyOf(Check.or(given, List.of(0.5, 1.5)));
            Check.that(range.size() == 2, key, "needs two numbers, smallest and largest, has %d", range.size());
            Check.that(
                    range.get(0) >= 0 && range.get(0) <= range.get(1) && range.get(1) <= 16,
                    key,
                    "must rise within [0, 16], is %s",
                    range);
            return range;
        }
    }

    @Override
    public Sample apply(Sample sample, RandomGenerator random) {
        // drawn whether used or not, so that one choice does not change what the others are
        double shift = chance(random, -config.brightness(), config.brightness(), 0);
        double factor =
                chance(random, config.contrast().get(0), config.contrast().get(1), 1);
        boolean contrastIsLast = random.nextInt(2) == 0;
        double saturation =
                chance(random, config.saturation().get(0), config.saturation().get(1), 1);
        double turn = chance(random, -config.hue(), config.hue(), 0);
        return sample.withColours(
                distorted(sample.image(), (float) shift, (float) factor, contrastIsLast, (float) saturation, (float)
                        (turn / 60)));
    }

    private static double chance(RandomGenerator random, double low, double high, double otherwise) {
        boolean isChanged = random.nextInt(2) == 1;
        double value = low + random.nextDouble() * (high - low);
        return isChanged ? value : otherwise;
    }

    /**
     * The picture in other colours.
     *
     * @param turn of the hue in sixths of the circle
     */
    static Raster distorted(
            Raster image, float shift, float factor, boolean contrastIsLast, float saturation, float turn) {
        float first = contrastIsLast ? 1 : factor;
        float last = contrastIsLast ? factor : 1;
        float[] table = new float[256];
        for (int v = 0; v < table.length; v++) {
            table[v] = clipped(clipped(v + shift) * first);
        }
        byte[] from = image.data();
        byte[] to = new byte[from.length];
        float[] colour = new float[3];
        for (int i = 0; i < from.length; i += 3) {
            colour[0] = table[from[i] & 0xFF];
            colour[1] = table[from[i + 1] & 0xFF];
            colour[2] = table[from[i + 2] & 0xFF];
            if (saturation != 1 || turn != 0) {
                recolour(colour, saturation, turn);
            }
            for (int c = 0; c < 3; c++) {
                to[i + c] = (byte) Math.round(clipped(colour[c] * last));
            }
        }
        return Raster.of(image.height(), image.width(), 3, to);
    }

    private static float clipped(float value) {
        return Math.max(0, Math.min(WHITE, value));
    }

    /** Multiplies the saturation and turns the hue of one colour (Smith 1978, "Color gamut transform pairs"). */
    private static void recolour(float[] rgb, float saturation, float turn) {
        float value = Math.max(rgb[0], Math.max(rgb[1], rgb[2]));
        float chroma = value - Math.min(rgb[0], Math.min(rgb[1], rgb[2]));
        if (chroma == 0) {
            return; // gray has neither
        }
        float hue;
        if (value == rgb[0]) {
            hue = (rgb[1] - rgb[2]) / chroma;
        } else if (value == rgb[1]) {
            hue = 2 + (rgb[2] - rgb[0]) / chroma;
        } else {
            hue = 4 + (rgb[0] - rgb[1]) / chroma;
        }
        float newChroma = Math.min(value, chroma * saturation); // a saturation of at most 1
        rgb[0] = channel(5 + hue + turn, value, newChroma);
        rgb[1] = channel(3 + hue + turn, value, newChroma);
        rgb[2] = channel(1 + hue + turn, value, newChroma);
    }

    /** One channel by its distance from the hue in sixths of the circle. */
    private static float channel(float sixths, float value, float chroma) {
        float k = (sixths % 6 + 6) % 6;
        return value - chroma * Math.max(0, Math.min(1, Math.min(k, 4 - k)));
    }

    @Override
    public Optional<Size> size(Optional<Size> before) {
        return before;
    }
}
