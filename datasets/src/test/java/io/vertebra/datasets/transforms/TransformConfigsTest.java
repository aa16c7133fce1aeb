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
                fault("size: is missing; give the length in pixels", () -> new Resize.Config(null, null)),
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
                () -> crop(List.of(1.0, 1.0), List.of(1.0, 1.0)));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("edges")
    void theEdgesOfTheRangesAreAllowed(ThrowingCallable make) {
        assertThatCode(make).doesNotThrowAnyException();
    }
}
