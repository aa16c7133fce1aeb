package io.vertebra.datasets.transforms;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TransformConfigsTest {

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("size: is missing; give the length in pixels", () -> new CenterCrop.Config(null)),
                fault(
                        "size: is missing; give the length in pixels, or height and width",
                        () -> new RandomCrop.Config(null, null)),
                fault(
                        "one of the two is wanted: size, the length of the shorter side, or scale, [width, height]",
                        () -> new Resize.Config(null, null)),
                fault(
                        "one of the two is wanted: size, the length of the shorter side, or scale, [width, height]",
                        () -> new Resize.Config(8, List.of(1, 2), null)),
                fault("size: must lie in [1, 16384], is 0", () -> new Resize.Config(0, null)),
                fault(
                        "scale: needs two numbers, width and height, has 1",
                        () -> new Resize.Config(null, List.of(1), null)),
                fault("scale: must lie in [1, 16384], is 0", () -> new Resize.Config(null, List.of(1, 0), null)),
                fault(
                        "scale: must lie in [1, 16384], is 16385",
                        () -> new RandomResize.Config(List.of(16385, 1), null, null)),
                fault(
                        "scale: is missing; give width and height in pixels",
                        () -> new RandomResize.Config(null, null, null)),
                fault("ratio: needs two numbers, smallest and largest, has 1", () -> resize(List.of(1.0))),
                fault("ratio: must rise within (0, 16], is [0.0, 1.0]", () -> resize(List.of(0.0, 1.0))),
                fault("ratio: must rise within (0, 16], is [2.0, 1.0]", () -> resize(List.of(2.0, 1.0))),
                fault("ratio: must rise within (0, 16], is [2.0, 16.1]", () -> resize(List.of(2.0, 16.1))),
                fault("size: must lie in [1, 16384], is 0", () -> new Pad.Config(List.of(4, 0))),
                fault(
                        "size: needs one number, or height and width, has 3 numbers",
                        () -> new Pad.Config(List.of(1, 2, 3))),
                fault("size: needs one number, or height and width, has 0 numbers", () -> new Pad.Config(List.of())),
                fault("padding: must lie in [0, 4], is 5", () -> new RandomCrop.Config(List.of(8, 4), 5, null)),
                fault(
                        "max_class_share: must lie in (0, 1], is 0.0",
                        () -> new RandomCrop.Config(List.of(8), null, 0.0)),
                fault(
                        "max_class_share: must lie in (0, 1], is 1.1",
                        () -> new RandomCrop.Config(List.of(8), null, 1.1)),
                fault("brightness: must lie in [0, 255], is -1.0", () -> distortion(-1.0, null, null)),
                fault("brightness: must lie in [0, 255], is 256.0", () -> distortion(256.0, null, null)),
                fault("hue: must lie in [0, 180], is -0.1", () -> distortion(null, null, -0.1)),
                fault("hue: must lie in [0, 180], is 180.5", () -> distortion(null, null, 180.5)),
                fault(
                        "contrast: needs two numbers, smallest and largest, has 3",
                        () -> distortion(null, List.of(1.0, 1.0, 1.0), null)),
                fault(
                        "contrast: must rise within [0, 16], is [-0.5, 1.0]",
                        () -> distortion(null, List.of(-0.5, 1.0), null)),
                fault(
                        "contrast: must rise within [0, 16], is [1.0, 0.5]",
                        () -> distortion(null, List.of(1.0, 0.5), null)),
                fault(
                        "saturation: must rise within [0, 16], is [1.0, 17.0]",
                        () -> new PhotometricDistortion.Config(null, null, List.of(1.0, 17.0), null)),
                fault("size: must lie in [1, 16384], is 0", () -> new CenterCrop.Config(0)),
                fault(
                        "size: must lie in [1, 16384], is 16385",
                        () -> new RandomResizedCrop.Config(16385, null, null, null)),
                fault("size: must lie in [1, 16384], is -1", () -> new RandomCrop.Config(-1, null)),
                fault("padding: must lie in [0, 8], is 9", () -> new RandomCrop.Config(8, 9)),
                fault("padding: must lie in [0, 8], is -1", () -> new RandomCrop.Config(8, -1)),
                fault("probability: must lie in [0, 1], is 1.5", () -> new RandomHorizontalFlip.Config(1.5)),
                fault("probability: must lie in [0, 1], is -0.5", () -> new RandomHorizontalFlip.Config(-0.5)),
                fault("probability: must lie in [0, 1], is NaN", () -> new RandomHorizontalFlip.Config(Double.NaN)),
                fault("scale: needs two numbers, smallest and largest, has 1", () -> crop(List.of(0.5), null)),
                fault("scale: must rise within (0, 1], is [0.0, 1.0]", () -> crop(List.of(0.0, 1.0), null)),
                fault("scale: must rise within (0, 1], is [0.9, 0.1]", () -> crop(List.of(0.9, 0.1), null)),
                fault("scale: must rise within (0, 1], is [0.9, 1.1]", () -> crop(List.of(0.9, 1.1), null)),
                fault(
                        "ratio: needs two numbers, smallest and largest, has 3",
                        () -> crop(null, List.of(1.0, 1.0, 1.0))),
                fault("ratio: must rise and be above 0, is [0.0, 1.0]", () -> crop(null, List.of(0.0, 1.0))),
                fault("ratio: must rise and be above 0, is [2.0, 1.0]", () -> crop(null, List.of(2.0, 1.0))),
                fault(
                        "ratio: must rise and be above 0, is [2.0, Infinity]",
                        () -> crop(null, List.of(2.0, Double.POSITIVE_INFINITY))),
                fault("alpha: must be above 0, is 0.0", () -> new Mixup.Config(0.0)),
                fault("alpha: must be above 0, is Infinity", () -> new Mixup.Config(Double.POSITIVE_INFINITY)),
                fault("alpha: must be above 0, is -1.0", () -> new CutMix.Config(-1.0)),
                fault("alpha: must be above 0, is Infinity", () -> new CutMix.Config(Double.POSITIVE_INFINITY)));
    }

    private static Arguments fault(String message, ThrowingCallable make) {
        return Arguments.of(message, make);
    }

    private static RandomResizedCrop.Config crop(List<Double> scale, List<Double> ratio) {
        return new RandomResizedCrop.Config(8, scale, ratio, null);
    }

    private static RandomResize.Config resize(List<Double> ratio) {
        return new RandomResize.Config(List.of(8, 8), ratio, null);
    }

    private static PhotometricDistortion.Config distortion(Double brightness, List<Double> contrast, Double hue) {
        return new PhotometricDistortion.Config(brightness, contrast, null, hue);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void faultsNameTheKeyTheRangeAndTheValue(String message, ThrowingCallable make) {
        assertThatThrownBy(make).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    static Stream<ThrowingCallable> edges() {
        return Stream.of(
                () -> new Resize.Config(1, null),
                () -> new Resize.Config(16384, null),
                () -> new RandomCrop.Config(8, 8),
                () -> new RandomCrop.Config(8, 0),
                () -> new RandomHorizontalFlip.Config(0.0),
                () -> new RandomHorizontalFlip.Config(1.0),
                () -> crop(List.of(1.0, 1.0), List.of(1.0, 1.0)),
                () -> new Resize.Config(null, List.of(1, 16384), null),
                () -> new Pad.Config(List.of(16384)),
                () -> new RandomCrop.Config(List.of(8, 4), 4, 1.0),
                () -> resize(List.of(16.0, 16.0)),
                () -> distortion(0.0, List.of(0.0, 16.0), 0.0),
                () -> distortion(255.0, List.of(0.0, 0.0), 180.0));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("edges")
    void theEdgesOfTheRangesAreAllowed(ThrowingCallable make) {
        assertThatCode(make).doesNotThrowAnyException();
    }
}
