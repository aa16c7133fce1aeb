package io.vertebra.datasets.transforms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.CounterRandom;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Pictures;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Box;
import io.vertebra.images.Interpolation;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Raster;
import io.vertebra.images.Resampling;
import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MapTransformsTest {

    /** A picture whose red says the row, green the column, and whose map says {@code row / 2 + 1}. */
    private static Sample sample(int height, int width) {
        byte[] pixels = new byte[3 * height * width];
        byte[] labels = new byte[height * width];
        for (int i = 0; i < labels.length; i++) {
            pixels[3 * i] = (byte) (i / width);
            pixels[3 * i + 1] = (byte) (i % width);
            pixels[3 * i + 2] = 7;
            labels[i] = (byte) (i / width / 2 + 1);
        }
        Annotations annotations = new Annotations(
                List.of(new Instance(1, 0, new Box(0, 0, 1, 1))), Optional.of(LabelMap.of(height, width, labels)));
        return new Sample("x", Raster.of(height, width, 3, pixels), 0, annotations);
    }

    private static LabelMap map(Sample sample) {
        return sample.annotations().labelMap().orElseThrow();
    }

    @ParameterizedTest(name = "{0}x{1} into {2}, {3}")
    @CsvSource({ // height, width, scale, then mmcv's rescale_size by hand: factor min(long / long, short / short), plus
        // a half, cut off
        "512, 683, 2048, 512, 512, 683",
        "512, 683, 512, 2048, 512, 683",
        "300, 400, 2048, 512, 512, 683",
        "100, 1000, 2048, 512, 205, 2048",
        "1000, 100, 2048, 512, 2048, 205",
        "20000, 1, 100, 50, 100, 1",
        "5, 3, 1, 1, 1, 1",
        "2, 3, 10, 5, 5, 8"
    })
    void resizeToAScaleKeepsTheRatio(int height, int width, int one, int other, int newHeight, int newWidth) {
        Resize resize = new Resize(new Resize.Config(null, List.of(one, other), null));
        Size expected = new Size(newHeight, newWidth);
        assertThat(resize.size(Optional.of(new Size(height, width)))).contains(expected);
        if (height * width < 1000) {
            Sample sample = sample(height, width);
            Sample resized = resize.apply(sample, CounterRandom.of(1));
            assertThat(resized.image())
                    .isEqualTo(Resampling.resize(sample.image(), newHeight, newWidth, Interpolation.BILINEAR));
            assertThat(map(resized)).isEqualTo(map(sample).resized(newHeight, newWidth));
            assertThat(resized.placement().scaleX()).isCloseTo((double) newWidth / width, within(1e-12));
        }
    }

    @Test
    void randomResizeDrawsTheFactorOfTheScaleEvenly() {
        RandomResize resize = new RandomResize(new RandomResize.Config(List.of(40, 20), null, Interpolation.BICUBIC));
        Sample sample = sample(10, 20);
        List<Integer> heights = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            Sample resized = resize.apply(sample, CounterRandom.of(i));
            Size size = resized.image().size();
            assertThat(size.width()).isBetween(2 * size.height() - 1, 2 * size.height() + 1);
            assertThat(resized.image())
                    .isEqualTo(Resampling.resize(sample.image(), size.height(), size.width(), Interpolation.BICUBIC));
            assertThat(map(resized)).isEqualTo(map(sample).resized(size.height(), size.width()));
            heights.add(size.height());
        }
        assertThat(Collections.min(heights)).isEqualTo(10); // half the scale
        assertThat(Collections.max(heights)).isEqualTo(39); // less than twice the scale, cut off
        assertThat(heights.stream().mapToInt(h -> h).average().orElseThrow()).isCloseTo(24.5, within(1.3));
        assertThat(resize.size(Optional.of(new Size(10, 20)))).isEmpty();
        RandomResize tiny = new RandomResize(new RandomResize.Config(List.of(1, 1), List.of(0.1, 0.1), null));
        assertThat(tiny.apply(sample, CounterRandom.of(1)).image().size()).isEqualTo(new Size(1, 1));
        RandomResize fixed = new RandomResize(new RandomResize.Config(List.of(40, 30), List.of(0.5, 0.5), null));
        assertThat(fixed.apply(sample, CounterRandom.of(1)).image().size()).isEqualTo(new Size(10, 20));
    }

    @Test
    void cropsOfTwoLengthsKeepPictureMapAndPlaceTogether() {
        RandomCrop crop = new RandomCrop(new RandomCrop.Config(List.of(4, 6), 2, null));
        assertThat(crop.size(Optional.empty())).contains(new Size(4, 6));
        Sample sample = sample(8, 9);
        Set<List<Integer>> places = new HashSet<>();
        for (int i = 0; i < 600; i++) {
            Sample cut = crop.apply(sample, CounterRandom.of(i));
            int top = (int) -cut.placement().offsetY();
            int left = (int) -cut.placement().offsetX();
            places.add(List.of(top, left));
            assertThat(cut.image()).isEqualTo(sample.image().window(top, left, 4, 6));
            assertThat(map(cut)).isEqualTo(map(sample).window(top, left, 4, 6, LabelMap.IGNORE));
        }
        assertThat(places).hasSize((8 + 4 - 4 + 1) * (9 + 4 - 6 + 1)).contains(List.of(-2, -2), List.of(6, 5));
    }

    /** Rows 0 to 9 are class 3, rows 10 to 19 ignored, rows 20 and 21 class 5. */
    private static Sample lopsided() {
        byte[] labels = new byte[22 * 4];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (byte) (i / 4 < 10 ? 3 : i / 4 < 20 ? LabelMap.IGNORE : 5);
        }
        return new Sample("x", Pictures.plain(22, 4, 1, 2, 3), 0, Annotations.of(LabelMap.of(22, 4, labels)));
    }

    private static long share(Sample sample, double maxShare, int rows, int top) {
        RandomCrop crop = new RandomCrop(new RandomCrop.Config(List.of(rows, 4), null, maxShare));
        long count = 0;
        for (int i = 0; i < 300; i++) {
            count += -crop.apply(sample, CounterRandom.of(i)).placement().offsetY() == top ? 1 : 0;
        }
        return count;
    }

    @Test
    void drawsAgainWhereOneClassCoversTooMuch() {
        // of the tops 0 to 5 of 17 rows, 4 has 6 rows of class 3 and 1 of class 5, 5 has 5 and 2, the others one class
        Sample sample = lopsided();
        double chance = 300 / 6.0;
        assertThat((double) share(sample, 1.0, 17, 5)).isCloseTo(chance, within(25.0));
        assertThat(share(sample, 0.75, 17, 5)).isGreaterThan(220); // 1 - (5/6)^11 = 0.865 of 300 are 260
        assertThat(share(sample, 0.75, 17, 5)).isLessThan(290); // after ten tries any place is taken
        assertThat((double) share(sample, 0.9, 17, 4)).isCloseTo(150, within(35.0)); // 4 and 5 are good then
        assertThat((double) share(sample, 5 / 7.0, 17, 5)).isCloseTo(chance, within(25.0)); // not less than the share
        Sample without = sample.withoutAnnotations();
        assertThat((double) share(without, 0.75, 17, 5)).isCloseTo(chance, within(25.0));
    }

    @Test
    void drawsTheFirstPlaceAsWithoutALimit() {
        RandomCrop free = new RandomCrop(new RandomCrop.Config(List.of(5, 3), null, null));
        RandomCrop limited = new RandomCrop(new RandomCrop.Config(List.of(5, 3), null, 0.99));
        Sample sample = sample(12, 9); // every five rows have at least three classes
        for (int i = 0; i < 50; i++) {
            assertThat(limited.apply(sample, CounterRandom.of(i)).image())
                    .isEqualTo(free.apply(sample, CounterRandom.of(i)).image());
        }
    }

    @Test
    void padsAtTheBottomAndRight() {
        Pad pad = new Pad(new Pad.Config(List.of(5, 4)));
        Sample sample = sample(3, 6);
        Sample padded = pad.apply(sample, CounterRandom.of(1));
        assertThat(padded.image()).isEqualTo(sample.image().window(0, 0, 5, 6));
        assertThat(map(padded)).isEqualTo(map(sample).window(0, 0, 5, 6, LabelMap.IGNORE));
        assertThat(map(padded).at(4, 5)).isEqualTo(LabelMap.IGNORE);
        assertThat(padded.annotations().objects())
                .isEqualTo(sample.annotations().objects());
        Sample large = sample(5, 4);
        assertThat(pad.apply(large, CounterRandom.of(1))).isSameAs(large);
        assertThat(pad.size(Optional.of(new Size(3, 6)))).contains(new Size(5, 6));
        assertThat(pad.size(Optional.of(new Size(7, 2)))).contains(new Size(7, 4));
        assertThat(pad.size(Optional.empty())).isEmpty();
        assertThat(new Pad(new Pad.Config(List.of(9))).size(Optional.of(new Size(1, 1))))
                .contains(new Size(9, 9));
    }

    private static Raster colour(String rgb) {
        String[] parts = rgb.split(" ", -1);
        return Pictures.plain(1, 2, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    @ParameterizedTest(name = "{index}: {0}")
    @CsvSource({ // Python's colorsys, each step clipped, half a level added at the end: rgb, shift, factor, last,
        // saturation, degrees, rgb
        "200 100 50, 20, 1.2, false, 0.8, 15, 255 200 118",
        "200 100 50, -32, 0.5, true, 1.5, -36, 84 0 22",
        "10 250 100, 0, 1, false, 1, 36, 10 250 244",
        "10 250 100, 0, 1, false, 1.5, 0, 0 250 94",
        "90 20 240, 30, 1.5, true, 1.4, -20, 3 0 255",
        "120 120 120, -10, 1.3, false, 0.5, 30, 143 143 143",
        "255 0 0, 0, 1, true, 0.5, -30, 255 128 191",
        "250 240 10, 15, 1.5, false, 1, 10, 219 255 38",
        "250 240 10, 15, 0.6, true, 1, 0, 153 153 15",
        "0 60 30, -32, 1.5, true, 1.5, 36, 0 42 25",
        "20 21 250, 0, 0.7, false, 0.6, -30, 78 127 175"
    })
    void distortsColoursAsTheHexconeSays(
            String from, float shift, float factor, boolean last, float saturation, float degrees, String to) {
        assertThat(PhotometricDistortion.distorted(colour(from), shift, factor, last, saturation, degrees / 60))
                .isEqualTo(colour(to));
    }

    @Test
    void distortionsComeWithEvenChancesAndLeaveTheRestAlone() {
        PhotometricDistortion distortion =
                new PhotometricDistortion(new PhotometricDistortion.Config(null, null, null, null));
        assertThat(distortion.size(Optional.of(new Size(2, 3)))).contains(new Size(2, 3));
        Sample sample = new Sample("x", colour("120 100 60"), 4, Annotations.of(LabelMap.of(1, 2, new byte[] {1, 2})));
        int unchanged = 0;
        Set<Raster> seen = new HashSet<>();
        for (int i = 0; i < 1600; i++) {
            Sample distorted = distortion.apply(sample, CounterRandom.of(i));
            assertThat(distorted.annotations()).isEqualTo(sample.annotations());
            assertThat(distorted.label()).isEqualTo(4);
            assertThat(distortion.apply(sample, CounterRandom.of(i))).isEqualTo(distorted);
            unchanged += distorted.image().equals(sample.image()) ? 1 : 0;
            seen.add(distorted.image());
        }
        assertThat(unchanged).isBetween(60, 150); // 1/16 of 1600 are 100, and now and then a change too small to see
        assertThat(seen).hasSizeGreaterThan(1000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"brightness", "contrast", "saturation", "hue"})
    void eachChangeStaysInItsRangeAndReachesItsEnds(String only) {
        List<Double> none = List.of(1.0, 1.0);
        PhotometricDistortion distortion = new PhotometricDistortion(new PhotometricDistortion.Config(
                only.equals("brightness") ? 40.0 : 0,
                only.equals("contrast") ? List.of(0.5, 1.5) : none,
                only.equals("saturation") ? List.of(0.5, 1.5) : none,
                only.equals("hue") ? 60.0 : 0));
        Sample sample = new Sample("x", colour("100 50 50"), 0);
        int low = 255;
        int high = 0;
        int unchanged = 0;
        for (int i = 0; i < 800; i++) {
            Raster image = distortion.apply(sample, CounterRandom.of(i)).image();
            int value = only.equals("hue") ? image.at(0, 0, 1) - image.at(0, 0, 2) + 100 : image.at(0, 0, 1);
            low = Math.min(low, value);
            high = Math.max(high, value);
            unchanged += image.equals(sample.image()) ? 1 : 0;
        }
        switch (only) {
            case "brightness" -> assertThat(List.of(low, high)).containsExactly(10, 90);
            case "contrast" -> assertThat(List.of(low, high)).containsExactly(25, 75);
            case "saturation" -> assertThat(List.of(low, high)).containsExactly(25, 75);
            default -> assertThat(List.of(low, high)).containsExactly(51, 150); // 50 would be the end itself
        }
        assertThat(unchanged).isBetween(330, 500);
    }
}
