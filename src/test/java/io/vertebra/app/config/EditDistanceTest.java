package io.vertebra.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EditDistanceTest {
    @ParameterizedTest
    @CsvSource({
        "kitten, sitting, 3",
        "abc, abc, 0",
        "'', abc, 3",
        "abc, '', 3",
        "ab, ba, 1",
        "abcd, acbd, 1",
        "ca, abc, 3",
        "sgd, sdg, 1",
        "a, b, 1"
    })
    void countsEdits(String a, String b, int edits) {
        assertThat(EditDistance.between(a, b)).isEqualTo(edits);
        assertThat(EditDistance.between(b, a)).isEqualTo(edits);
    }

    @Test
    void findsTheNameThatWasMeant() {
        List<String> names = List.of("momentum", "learning_rate", "nesterov", "a");
        assertThat(EditDistance.nearest("momentun", names)).contains("momentum");
        assertThat(EditDistance.nearest("Learning-Rate", names)).contains("learning_rate");
        assertThat(EditDistance.nearest("flux", names)).isEmpty();
        assertThat(EditDistance.nearest("b", names)).contains("a");
        assertThat(EditDistance.nearest("m".repeat(65), List.of("m".repeat(65))))
                .isEmpty();
    }

    @Test
    void acceptsAThirdOfTheLettersAndNotMore() {
        assertThat(EditDistance.nearest("xxcdef", List.of("abcdef"))).contains("abcdef");
        assertThat(EditDistance.nearest("xxxdef", List.of("abcdef"))).isEmpty();
    }

    @Test
    void prefersTheNearestThenTheFirstByName() {
        assertThat(EditDistance.nearest("resnet51", List.of("resnet101", "resnet50", "resnet52")))
                .contains("resnet50");
        assertThat(EditDistance.nearest("resnet152d", List.of("resnet50", "resnet152")))
                .contains("resnet152");
    }

    @Test
    void takesABeginningForTheNameThatGoesOn() {
        List<String> names = List.of("googlenet", "mobilenet_v3_large", "mobilenet_v2", "tinymobilenet");
        assertThat(EditDistance.nearest("mobilenet", names)).contains("mobilenet_v2");
        assertThat(EditDistance.nearest("MobileNet_V3", names)).contains("mobilenet_v3_large");
        assertThat(EditDistance.nearest("dat", List.of("data.classes"))).contains("data.classes");
        assertThat(EditDistance.nearest("da", List.of("data.classes"))).isEmpty();
        assertThat(EditDistance.nearest("tinymobilenet_", names)).contains("tinymobilenet");
    }

    @Test
    void listsAtMostTwentyNames() {
        assertThat(EditDistance.hint("zzz", List.of("b", "aaa"))).isEqualTo("(known: aaa, b)");
        assertThat(EditDistance.hint("aab", List.of("b", "aaa"))).isEqualTo("(nearest: aaa)");
        assertThat(EditDistance.hint("zzz", List.of())).isEqualTo("(there are none)");
        assertThat(EditDistance.hint(
                        "zzzzzz",
                        IntStream.range(100, 120).mapToObj(i -> "n" + i).toList()))
                .endsWith("n119)");
        assertThat(EditDistance.hint(
                        "zzzzzz",
                        IntStream.range(100, 121).mapToObj(i -> "n" + i).toList()))
                .endsWith("n119, ...)");
    }
}
