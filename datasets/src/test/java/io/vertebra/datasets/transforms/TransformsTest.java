package io.vertebra.datasets.transforms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.datasets.Cases;
import io.vertebra.datasets.CounterRandom;
import io.vertebra.datasets.Pictures;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Interpolation;
import io.vertebra.images.Raster;
import io.vertebra.images.Resampling;
import io.vertebra.images.Size;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransformsTest {

    private static final Optional<Size> UNKNOWN = Optional.empty();

    private static Sample sample(int height, int width) {
        return new Sample("x", Pictures.smooth(height, width, 3), 1);
    }

    private static Raster apply(Transform transform, Sample sample, long key) {
        return transform.apply(sample, CounterRandom.of(key)).image();
    }

    @Test
    void resizeMakesTheShortSideThatLong() {
        Resize resize = new Resize(new Resize.Config(8, Interpolation.BICUBIC));
        Sample sample = sample(20, 30);
        assertThat(apply(resize, sample, 0)).isEqualTo(Resampling.resize(sample.image(), 8, 12, Interpolation.BICUBIC));
        Resize bilinear = new Resize(new Resize.Config(8, null));
        assertThat(apply(bilinear, sample, 0))
                .isEqualTo(Resampling.resize(sample.image(), 8, 12, Interpolation.BILINEAR));
        assertThat(resize.size(Optional.of(new Size(20, 30)))).contains(new Size(8, 12));
        assertThat(resize.size(UNKNOWN)).isEmpty();
    }

    @Test
    void centerCropTakesTheMiddle() {
        CenterCrop crop = new CenterCrop(new CenterCrop.Config(4));
        Sample sample = sample(9, 12);
        assertThat(apply(crop, sample, 0)).isEqualTo(sample.image().window(2, 4, 4, 4));
        assertThat(apply(crop, sample(2, 3), 0)).isEqualTo(sample(2, 3).image().centerCrop(4, 4));
        assertThat(crop.size(UNKNOWN)).contains(new Size(4, 4));
    }

    @Test
    void randomCropReachesEveryPlaceOfThePaddedPicture() {
        RandomCrop crop = new RandomCrop(new RandomCrop.Config(4, 1));
        Sample sample = sample(4, 4);
        Set<Raster> seen = new HashSet<>();
        for (int key = 0; key < 400; key++) {
            seen.add(apply(crop, sample, key));
        }
        Set<Raster> possible = new HashSet<>();
        for (int top = -1; top <= 1; top++) {
            for (int left = -1; left <= 1; left++) {
                possible.add(sample.image().window(top, left, 4, 4));
            }
        }
        assertThat(seen).isEqualTo(possible);
        assertThat(crop.size(UNKNOWN)).contains(new Size(4, 4));
        Sample small = sample(3, 4);
        RandomCrop unpadded = new RandomCrop(new RandomCrop.Config(5, null));
        assertThat(apply(unpadded, small, 3)).isEqualTo(small.image().window(-1, 0, 5, 5));
    }

    @Test
    void flipHappensAsOftenAsSaid() {
        Sample sample = sample(3, 5);
        int flips = 0;
        RandomHorizontalFlip quarter = new RandomHorizontalFlip(new RandomHorizontalFlip.Config(0.25));
        for (int key = 0; key < 4000; key++) {
            Raster result = apply(quarter, sample, key);
            flips += result.equals(sample.image().flipped()) ? 1 : 0;
            assertThat(result.equals(sample.image())
                            || result.equals(sample.image().flipped()))
                    .isTrue();
        }
        assertThat(flips).isBetween(860, 1140); // 5 sigma
        assertThat(apply(new RandomHorizontalFlip(new RandomHorizontalFlip.Config(0.0)), sample, 1))
                .isEqualTo(sample.image());
        assertThat(apply(new RandomHorizontalFlip(new RandomHorizontalFlip.Config(1.0)), sample, 1))
                .isEqualTo(sample.image().flipped());
        assertThat(quarter.size(Optional.of(new Size(3, 5)))).contains(new Size(3, 5));
        assertThat(new RandomHorizontalFlip.Config(null).probability()).isEqualTo(0.5);
    }

    /** A picture in which red tells the column and green the row, so that a crop tells where it was cut. */
    private static Sample coordinates(int height, int width) {
        byte[] data = new byte[height * width * 3];
        for (int i = 0; i < height * width; i++) {
            data[3 * i] = (byte) (i % width);
            data[3 * i + 1] = (byte) (i / width);
        }
        return new Sample("x", Raster.of(height, width, 3, data), 0);
    }

    @Test
    void randomResizedCropHasTheScalesAndRatiosAskedFor() { // enlarged to 64, the corners are the crop's own corner
        // pixels
        RandomResizedCrop crop =
                new RandomResizedCrop(new RandomResizedCrop.Config(64, List.of(0.2, 0.6), List.of(0.5, 2.0), null));
        Sample sample = coordinates(60, 60);
        double smallest = 1;
        double largest = 0;
        double flattest = 9;
        double steepest = 0;
        double logs = 0;
        for (int key = 0; key < 3000; key++) {
            Raster result = apply(crop, sample, key);
            assertThat(result.size()).isEqualTo(new Size(64, 64));
            int width = result.at(0, 63, 0) - result.at(0, 0, 0) + 1;
            int height = result.at(63, 0, 1) - result.at(0, 0, 1) + 1;
            smallest = Math.min(smallest, width * height / 3600.0);
            largest = Math.max(largest, width * height / 3600.0);
            flattest = Math.min(flattest, (double) width / height);
            steepest = Math.max(steepest, (double) width / height);
            logs += Math.log((double) width / height);
        }
        assertThat(smallest).isCloseTo(0.2, within(0.02));
        assertThat(largest).isCloseTo(0.6, within(0.02));
        assertThat(flattest).isCloseTo(0.5, within(0.03));
        assertThat(steepest).isCloseTo(2, within(0.1));
        assertThat(logs / 3000).isCloseTo(0, within(0.05));
        assertThat(crop.size(UNKNOWN)).contains(new Size(64, 64));
    }

    @Test
    void randomResizedCropFallsBackToTheMiddleWhereNothingFits() {
        RandomResizedCrop crop =
                new RandomResizedCrop(new RandomResizedCrop.Config(8, List.of(1.0, 1.0), null, Interpolation.BICUBIC));
        Sample wide = coordinates(12, 90);
        assertThat(apply(crop, wide, 5))
                .isEqualTo(Resampling.resize(wide.image().window(0, 37, 12, 16), 8, 8, Interpolation.BICUBIC));
        Sample tall = coordinates(90, 12);
        assertThat(apply(crop, tall, 5))
                .isEqualTo(Resampling.resize(tall.image().window(37, 0, 16, 12), 8, 8, Interpolation.BICUBIC));
        Sample line = coordinates(1, 200);
        assertThat(apply(crop, line, 5))
                .isEqualTo(Resampling.resize(line.image().window(0, 99, 1, 1), 8, 8, Interpolation.BICUBIC));
        RandomResizedCrop.Config config = new RandomResizedCrop.Config(8, null, null, null);
        assertThat(config.scale()).containsExactly(0.08, 1.0);
        assertThat(config.ratio()).containsExactly(0.75, 4 / 3.0);
        assertThat(config.interpolation()).isEqualTo(Interpolation.BILINEAR);
    }

    @Test
    void randomResizedCropMayBeAsWideOrAsHighAsThePicture() {
        Set<Integer> tops = new HashSet<>();
        Set<Integer> lefts = new HashSet<>();
        for (int key = 0; key < 200; key++) {
            tops.add(apply(crop(0.5, 4.0), coordinates(20, 40), key).at(0, 0, 1));
            lefts.add(apply(crop(0.5, 0.25), coordinates(40, 20), key).at(0, 0, 0));
        }
        assertThat(tops).hasSize(11);
        assertThat(lefts).hasSize(11);
    }

    private static RandomResizedCrop crop(double scale, double ratio) {
        return new RandomResizedCrop(
                new RandomResizedCrop.Config(64, List.of(scale, scale), List.of(ratio, ratio), null));
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 0, 4, 4", "16, 1, 0, 1, 4", "0.0625, 0, 1, 4, 1"})
    void randomResizedCropIsNeverEmpty(double ratio, int top, int left, int height, int width) {
        Sample sample = coordinates(4, 4); // a hundredth of it has a side below half a pixel
        assertThat(apply(crop(0.01, ratio), sample, 1))
                .isEqualTo(Resampling.resize(
                        sample.image().window(top, left, height, width), 64, 64, Interpolation.BILINEAR));
    }

    @Test
    void randomResizedCropFallsBackWithinTheRatioToTheWholePicture() {
        RandomResizedCrop crop =
                new RandomResizedCrop(new RandomResizedCrop.Config(8, List.of(1.0, 1.0), List.of(1.1, 1.2), null));
        Sample square =
                coordinates(20, 23); // ratio 1.15: the whole, but a crop of exactly its area and ratio rarely fits
        assertThat(apply(crop, square, 0)).isNotNull();
        RandomResizedCrop never =
                new RandomResizedCrop(new RandomResizedCrop.Config(8, List.of(1.0, 1.0), List.of(4.0, 4.0), null));
        Sample wide = coordinates(10, 20);
        assertThat(apply(never, wide, 0))
                .isEqualTo(Resampling.resize(wide.image().window(2, 0, 5, 20), 8, 8, Interpolation.BILINEAR));
    }

    @TestFactory
    Stream<DynamicTest> allKeepTheirPromisedSizeOnAnyPicture() {
        List<Transform> transforms = List.of(
                new Resize(new Resize.Config(9, null)),
                new CenterCrop(new CenterCrop.Config(9)),
                new RandomCrop(new RandomCrop.Config(9, 3)),
                new RandomResizedCrop(new RandomResizedCrop.Config(9, null, null, null)),
                new RandomHorizontalFlip(new RandomHorizontalFlip.Config(null)));
        return Cases.seeded(60, random -> {
            Raster image = Cases.raster(random, 1 + random.nextInt(30), 1 + random.nextInt(30));
            for (Transform transform : transforms) {
                CounterRandom numbers = CounterRandom.of(random.nextLong());
                Raster result =
                        transform.apply(new Sample("x", image, 0), numbers).image();
                assertThat(transform.size(Optional.of(image.size()))).contains(result.size());
            }
        });
    }
}
