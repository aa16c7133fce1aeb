package io.vertebra.datasets.formats.coco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.images.Mask;
import io.vertebra.images.PackedMask;
import io.vertebra.images.Size;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CocoPixelsTest {

    private static final Size SIZE = new Size(6, 10);

    private static CocoPixels pixels(String json) throws IOException {
        return CocoPixels.read(json.getBytes(StandardCharsets.UTF_8));
    }

    /** The pixels 6, 7 and 8, counted down the columns. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"size\": [6, 10], \"counts\": [6, 3, 51]}",
                "{\"counts\": \"63c1\", \"size\": [6, 10]}",
                "{\"x\": {\"size\": 4}, \"counts\": 5, \"size\": [6, 10], \"counts\": \"63c1\", \"size\": \"6x10\"}",
                "[[1, 0, 2, 0, 2, 3, 1, 3]]",
            })
    void everyFormGivesTheSameMask(String json) throws IOException {
        CocoPixels pixels = pixels(json);
        Mask mask = Mask.ofRuns(6, 10, 6, 3, 51);
        assertThat(pixels.mask(SIZE)).isEqualTo(mask);
        PackedMask packed = pixels.packed(SIZE);
        assertThat(packed.text()).isEqualTo("63c1");
        assertThat(packed.unpacked()).isEqualTo(mask);
    }

    @Test
    void listsMayBeLong() throws IOException {
        String left =
                IntStream.rangeClosed(0, 100).mapToObj(i -> "2, " + i / 50.0).collect(Collectors.joining(", "));
        assertThat(pixels("[[" + left + ", 4, 2, 4, 0]]").mask(SIZE)).isEqualTo(Mask.ofRuns(6, 10, 12, 2, 4, 2, 40));
        String ones = IntStream.range(0, 60).mapToObj(i -> "1").collect(Collectors.joining(", "));
        assertThat(pixels("{\"size\": [6, 10], \"counts\": [" + ones + "]}")
                        .mask(SIZE)
                        .area())
                .isEqualTo(30);
    }

    @Test
    void coordinatesMayLeaveThePictureByFar() throws IOException {
        assertThat(pixels("[[-1e7, -1e7, 1e7, -1e7, 1e7, 1e7, -1e7, 1e7]]")
                        .mask(SIZE)
                        .area())
                .isEqualTo(60);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[[1, 1, 5, 1, 5, -10000001]] | a polygon is not finite or out of range",
                "[[1, 1, 5, 1, 5, NaN]] | a polygon is not finite or out of range",
                "[[1, 1, 5, 1, 5, 3], 5] | segmentation must be a list of polygons",
                "{\"size\": [6, 10.5], \"counts\": [60]} | RLE size must hold whole numbers",
                "{\"size\": [6, 10, 1], \"counts\": [60]} | RLE needs a size of two numbers",
                "{\"size\": [6, 9], \"counts\": [60]} | RLE size [6, 9] differs from the image's [6, 10] (height, width)",
                "{\"size\": [6, 9], \"counts\": \"63c1\"} | RLE size [6, 9] differs from the image's [6, 10] (height, width)",
                "{\"size\": [5, 10], \"counts\": \"63c1\"} | RLE size [5, 10] differs from the image's [6, 10] (height, width)",
                "{\"size\": [6, 10], \"counts\": [61]} | RLE covers 61 of 60 pixels",
                "{\"size\": [6, 10], \"counts\": \"63\u01631\"} | bad RLE text",
                "{\"size\": [6, 10], \"counts\": \"63d1\"} | bad RLE text",
            })
    void saysWhyThereIsNone(String json, String reason) {
        assertThatThrownBy(() -> pixels(json).packed(SIZE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(reason);
        assertThatThrownBy(() -> pixels(json).check(SIZE)).hasMessageStartingWith(reason);
    }

    /** Run lengths of none: the picture is all background. */
    @Test
    void aCountOfZeroIsAllowed() throws IOException {
        assertThat(pixels("{\"size\": [6, 10], \"counts\": [0, 60]}").mask(SIZE).area())
                .isEqualTo(60);
    }
}
