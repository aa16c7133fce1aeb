package io.vertebra.datasets.transforms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Cases;
import io.vertebra.datasets.CounterRandom;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Pictures;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.Silhouette;
import io.vertebra.images.Box;
import io.vertebra.images.Interpolation;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Mask;
import io.vertebra.images.Resampling;
import io.vertebra.images.Size;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BoxTransformsTest {

    private static final Optional<Size> UNKNOWN = Optional.empty();
    private static final Optional<Size> KNOWN = Optional.of(new Size(20, 30));

    /** A picture with these boxes, of which those after the first three are crowds; its label map is 1 within the first. */
    private static Sample sample(Box... boxes) {
        Instance[] objects = new Instance[boxes.length];
        byte[] map = new byte[20 * 30];
        for (int y = 0; y < 20; y++) {
            for (int x = 0; x < 30; x++) {
                map[y * 30 + x] = (byte)
                        (boxes[0].x1() <= x && x < boxes[0].x2() && boxes[0].y1() <= y && y < boxes[0].y2() ? 1 : 0);
            }
        }
        LabelMap labels = LabelMap.of(20, 30, map);
        for (int i = 0; i < boxes.length; i++) {
            Silhouette pixels = i == 0 ? Silhouette.of(Mask.where(labels, 1)) : Silhouette.NONE;
            objects[i] = new Instance(i + 1, i, boxes[i], pixels, i > 2, false, boxes[i].area());
        }
        Annotations annotations = new Annotations(List.of(objects), Optional.of(labels));
        return new Sample("x", Pictures.smooth(20, 30, 3), 0, annotations);
    }

    private static final Sample ONE = sample(new Box(4, 5, 12, 15));
    private static final Sample FOUR =
            sample(new Box(4, 5, 12, 15), new Box(20, 2, 29, 9), new Box(14, 12, 18, 18), new Box(0, 0, 30, 10));

    private static Expand expand(Double probability, List<Double> ratio) {
        return new Expand(new Expand.Config(probability, ratio, List.of(1, 2, 255)));
    }

    @TestFactory
    Stream<DynamicTest> expandLosesNothing() {
        return Cases.seeded(50, random -> {
            long key = random.nextLong();
            Sample wide = expand(1.0, null).apply(FOUR, CounterRandom.of(key));
            assertThat(expand(1.0, null).apply(FOUR, CounterRandom.of(key))).isEqualTo(wide);
            Size size = wide.image().size();
            assertThat(size.height()).isBetween(20, 80);
            assertThat(size.width()).isBetween(30, 120);
            assertThat((double) size.width() / size.height()).isCloseTo(1.5, within(0.1));
            int top = (int) wide.placement().offsetY();
            int left = (int) wide.placement().offsetX();
            assertThat(wide.window(top, left, 20, 30)).isEqualTo(FOUR);
            if (top > 0) {
                assertThat(wide.image().window(0, 0, 1, 1)).isEqualTo(Pictures.plain(1, 1, 1, 2, 255));
                assertThat(wide.annotations().labelMap().orElseThrow().at(0, 0)).isEqualTo(LabelMap.IGNORE);
            }
        });
    }

    @Test
    void expandReachesEveryPlaceAsOftenAsSaid() {
        Set<Integer> tops = new HashSet<>();
        Set<Integer> lefts = new HashSet<>();
        int changed = 0;
        for (int key = 0; key < 1000; key++) {
            Sample wide = expand(0.25, List.of(1.1, 1.1)).apply(ONE, CounterRandom.of(key));
            if (!wide.equals(ONE)) {
                changed++;
                assertThat(wide.image().size()).isEqualTo(new Size(22, 33));
                tops.add((int) wide.placement().offsetY());
                lefts.add((int) wide.placement().offsetX());
            }
        }
        assertThat(changed).isBetween(180, 320); // 5 sigma
        assertThat(tops).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(lefts).containsExactlyInAnyOrder(0, 1, 2, 3);
        assertThat(expand(0.0, null).apply(ONE, CounterRandom.of(1))).isSameAs(ONE);
        assertThat(expand(0.0, null).size(KNOWN)).isEqualTo(KNOWN);
        assertThat(expand(0.1, null).size(KNOWN)).isEmpty();
    }

    private static Sample crop(Sample sample, long key, Double... options) {
        return new MinIouCrop(new MinIouCrop.Config(List.of(options), null, null, null))
                .apply(sample, CounterRandom.of(key));
    }

    @ParameterizedTest
    @CsvSource({"0.0", "0.1", "0.3", "0.5"})
    void cropsOverlapAnObjectEnough(double least) {
        Set<Size> sizes = new HashSet<>();
        for (int key = 0; key < 60; key++) {
            Sample cut = crop(ONE, key, least);
            assertThat(crop(ONE, key, least)).isEqualTo(cut);
            Size size = cut.image().size();
            sizes.add(size);
            int top = (int) -cut.placement().offsetY();
            int left = (int) -cut.placement().offsetX();
            assertThat(cut).isEqualTo(ONE.window(top, left, size.height(), size.width()));
            assertThat(size.height()).isBetween(6, 20);
            assertThat(size.width()).isBetween(9, 30);
            assertThat((double) size.width() / size.height()).isBetween(0.5, 2.0);
            Box box = cut.annotations().objects().get(0).box();
            double iou = box.area() / (size.height() * size.width() + 80 - box.area());
            assertThat(iou).isGreaterThanOrEqualTo(least);
            assertThat(left).isBetween(0, 7);
            assertThat(left + size.width()).isBetween(9, 30);
            assertThat(top).isBetween(0, 9);
            assertThat(top + size.height()).isBetween(11, 20);
        }
        assertThat(sizes).hasSizeGreaterThan(10);
    }

    @Test
    void cropsMayBeSquaresOnly() {
        MinIouCrop squares = new MinIouCrop(new MinIouCrop.Config(List.of(0.0), null, List.of(1.0, 1.0), 1000));
        for (int key = 0; key < 20; key++) {
            Size size = squares.apply(ONE, CounterRandom.of(key)).image().size();
            assertThat(size.width()).isEqualTo(size.height());
        }
    }

    @Test
    void cropsKeepTheObjectsWhoseCentreTheyShowAndAllCrowds() {
        boolean isCrowdAlone = false;
        Set<Integer> counts = new HashSet<>();
        for (int key = 0; key < 200; key++) {
            Sample cut = crop(FOUR, key, 0.0);
            int top = (int) -cut.placement().offsetY();
            int left = (int) -cut.placement().offsetX();
            Size size = cut.image().size();
            List<Long> wanted = FOUR.annotations().objects().stream()
                    .filter(o -> {
                        float x = (o.box().x1() + o.box().x2()) / 2 - left;
                        float y = (o.box().y1() + o.box().y2()) / 2 - top;
                        boolean isCentral = x > 0 && y > 0 && x < size.width() && y < size.height();
                        return o.crowd() ? top < 10 : isCentral;
                    })
                    .map(Instance::id)
                    .toList();
            assertThat(cut.annotations().objects().stream().map(Instance::id)).isEqualTo(wanted);
            assertThat(cut.annotations().objects()).anyMatch(o -> !o.crowd());
            counts.add(wanted.size());
            isCrowdAlone |= top >= 5 && wanted.contains(4L); // its centre is not seen
        }
        assertThat(counts).contains(1, 2, 3, 4);
        assertThat(isCrowdAlone).isTrue();
    }

    @Test
    void cropsMayLeaveThePictureAlone() {
        assertThat(crop(ONE, 1, 1.0)).isSameAs(ONE);
        int same = 0;
        for (int key = 0; key < 400; key++) {
            same += crop(ONE, key, 0.0, 1.0).equals(ONE) ? 1 : 0;
        }
        assertThat(same).isBetween(150, 250); // 5 sigma
        assertThat(crop(ONE, 1, 0.999)).isSameAs(ONE); // no window has that, and the search ends
        Sample none = ONE.withoutAnnotations();
        assertThat(crop(none, 1, 0.0)).isSameAs(none);
        Sample crowd = FOUR.withAnnotations(FOUR.annotations().where(Instance::crowd));
        assertThat(crop(crowd, 1, 0.0)).isSameAs(crowd);
        assertThat(new MinIouCrop(new MinIouCrop.Config(null, null, null, null)).size(KNOWN))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"10, 100, 10, 15", "40, 45, 30, 45", "20, 30, 20, 30", "1, 1, 1, 1", "7, 100, 7, 11"})
    void resizeShortKeepsTheRatioAndTheLimit(int length, int limit, int height, int width) {
        ResizeShort resize = new ResizeShort(new ResizeShort.Config(List.of(length), limit, Interpolation.BICUBIC));
        Sample resized = resize.apply(ONE, CounterRandom.of(1));
        assertThat(resized.image()).isEqualTo(Resampling.resize(ONE.image(), height, width, Interpolation.BICUBIC));
        assertThat(resized.annotations())
                .isEqualTo(ONE.annotations().resized(new Size(20, 30), new Size(height, width)));
        assertThat(resize.size(KNOWN)).contains(new Size(height, width));
        assertThat(resize.size(UNKNOWN)).isEmpty();
        assertThat(resize.size(Optional.of(new Size(30, 20)))).contains(new Size(width, height));
    }

    @Test
    void resizeShortDrawsOneOfItsLengths() {
        ResizeShort resize = new ResizeShort(new ResizeShort.Config(List.of(10, 12, 14), null, null));
        int[] counts = new int[3];
        for (int key = 0; key < 300; key++) {
            Sample resized = resize.apply(ONE, CounterRandom.of(key));
            counts[resized.image().height() / 2 - 5]++;
        }
        assertThat(java.util.stream.IntStream.of(counts)).allMatch(count -> Math.abs(count - 100) < 45); // 5 sigma
        assertThat(resize.size(KNOWN)).isEmpty();
        Sample wide = new Sample("x", Pictures.plain(2, 400, 1, 2, 3), 0);
        assertThat(new ResizeShort(new ResizeShort.Config(List.of(10), null, null))
                        .size(Optional.of(wide.image().size())))
                .contains(new Size(7, 1333));
    }

    @Test
    void resizeExactSqueezes() {
        ResizeExact resize = new ResizeExact(new ResizeExact.Config(List.of(10, 60), null));
        Sample resized = resize.apply(ONE, CounterRandom.of(1));
        assertThat(resized).isEqualTo(ONE.resized(10, 60, Interpolation.BILINEAR));
        assertThat(resized.annotations().objects().get(0).box()).isEqualTo(new Box(8, 2.5f, 24, 7.5f));
        assertThat(resized.placement().toOriginal(new Box(8, 2.5f, 24, 7.5f))).isEqualTo(new Box(4, 5, 12, 15));
        assertThat(resize.size(UNKNOWN)).contains(new Size(10, 60));
        assertThat(new ResizeExact(new ResizeExact.Config(List.of(8), null)).size(KNOWN))
                .contains(new Size(8, 8));
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("probability: must lie in [0, 1], is 1.5", () -> new Expand.Config(1.5, null, null)),
                fault("probability: must lie in [0, 1], is -0.1", () -> new Expand.Config(-0.1, null, null)),
                fault("ratio: needs two numbers, smallest and largest, has 1", () -> ratio(2.0)),
                fault("ratio: must rise within [1, 16], is [0.9, 2.0]", () -> ratio(0.9, 2.0)),
                fault("ratio: must rise within [1, 16], is [3.0, 2.0]", () -> ratio(3.0, 2.0)),
                fault("ratio: must rise within [1, 16], is [3.0, 16.5]", () -> ratio(3.0, 16.5)),
                fault("fill: needs red, green and blue, has 1 numbers", () -> fill(1)),
                fault("fill: must lie in [0, 255], is [1, 256, 3]", () -> fill(1, 256, 3)),
                fault("fill: must lie in [0, 255], is [1, -1, 3]", () -> fill(1, -1, 3)),
                fault("options: needs numbers from 0 on, is []", () -> options()),
                fault("options: needs numbers from 0 on, is [0.5, -0.1]", () -> options(0.5, -0.1)),
                fault("scale: needs two numbers, smallest and largest, has 1", () -> cropScale(0.5)),
                fault("scale: must rise within (0, 1], is [0.0, 1.0]", () -> cropScale(0.0, 1.0)),
                fault("scale: must rise within (0, 1], is [0.9, 0.5]", () -> cropScale(0.9, 0.5)),
                fault("scale: must rise within (0, 1], is [0.9, 1.5]", () -> cropScale(0.9, 1.5)),
                fault("ratio: needs two numbers, smallest and largest, has 1", () -> cropRatio(0.5)),
                fault("ratio: must rise and be above 0, is [0.0, 1.0]", () -> cropRatio(0.0, 1.0)),
                fault("ratio: must rise and be above 0, is [2.0, 1.0]", () -> cropRatio(2.0, 1.0)),
                fault("ratio: must rise and be above 0, is [1.0, Infinity]", () -> cropRatio(1.0, 1 / 0.0)),
                fault("trials: must lie in [1, 1000], is 0", () -> new MinIouCrop.Config(null, null, null, 0)),
                fault("trials: must lie in [1, 1000], is 1001", () -> new MinIouCrop.Config(null, null, null, 1001)),
                fault("sizes: is missing; give lengths in pixels", () -> new ResizeShort.Config(null, null, null)),
                fault("sizes: is missing; give lengths in pixels", () -> shorter(1)),
                fault("sizes: must lie in [1, 16384], is 0", () -> shorter(1, 1, 0)),
                fault("sizes: must lie in [1, 16384], is 16385", () -> shorter(1, 16385)),
                fault("max_size: must lie in [1, 16384], is 0", () -> shorter(0, 1)),
                fault("max_size: must lie in [1, 16384], is 16385", () -> shorter(16385, 1)),
                fault("size: needs one number, or height and width, has 3 numbers", () -> exact(1, 2, 3)));
    }

    private static Arguments fault(String message, ThrowingCallable make) {
        return Arguments.of(message, make);
    }

    private static Expand.Config ratio(Double... values) {
        return new Expand.Config(null, List.of(values), null);
    }

    private static Expand.Config fill(Integer... values) {
        return new Expand.Config(null, null, List.of(values));
    }

    private static MinIouCrop.Config options(Double... values) {
        return new MinIouCrop.Config(List.of(values), null, null, null);
    }

    private static MinIouCrop.Config cropScale(Double... values) {
        return new MinIouCrop.Config(null, List.of(values), null, null);
    }

    private static MinIouCrop.Config cropRatio(Double... values) {
        return new MinIouCrop.Config(null, null, List.of(values), null);
    }

    private static ResizeShort.Config shorter(int limit, Integer... lengths) {
        return new ResizeShort.Config(List.of(lengths), limit, null);
    }

    private static ResizeExact.Config exact(Integer... sides) {
        return new ResizeExact.Config(List.of(sides), null);
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("faults")
    void faultsNameTheKeyTheRangeAndTheValue(String message, ThrowingCallable make) {
        assertThatThrownBy(make).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    static Stream<ThrowingCallable> edges() {
        return Stream.of(
                () -> new Expand.Config(0.0, List.of(1.0, 1.0), List.of(0, 255, 0)),
                () -> new Expand.Config(1.0, List.of(1.0, 16.0), null),
                () -> new MinIouCrop.Config(List.of(0.0), List.of(1.0, 1.0), List.of(1.0, 1.0), 1),
                () -> new MinIouCrop.Config(null, null, null, 1000),
                () -> shorter(1, 1, 16384),
                () -> shorter(16384, 1),
                () -> exact(1, 16384));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("edges")
    void theEdgesOfTheRangesAreAllowed(ThrowingCallable make) {
        assertThatCode(make).doesNotThrowAnyException();
    }

    @Test
    void leftOutSettingsAreThoseOfThePaper() {
        assertThat(new Expand.Config(null, null, null))
                .isEqualTo(new Expand.Config(0.5, List.of(1.0, 4.0), List.of(124, 116, 104)));
        assertThat(new MinIouCrop.Config(null, null, null, null))
                .isEqualTo(new MinIouCrop.Config(
                        List.of(0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0), List.of(0.3, 1.0), List.of(0.5, 2.0), 40));
    }
}
