package io.vertebra.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ResamplingTest {

    /** Resizes and crops of Pillow 9.4 and torchvision 0.14. */
    static Stream<JsonNode> references() {
        return StreamSupport.stream(
                        Shared.json("data/resize_reference/cases.json")
                                .get("cases")
                                .spliterator(),
                        false)
                .filter(c -> !c.get("op").asText().equals("to_tensor_normalize"));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("references")
    void equalsPillowBitForBit(JsonNode reference) {
        Raster image =
                Shared.png("data/resize_reference/" + reference.get("input").asText());
        String op = reference.get("op").asText();
        int height = reference.get("height").asInt();
        int width = reference.get("width").asInt();
        Raster result;
        if (op.equals("center_crop")) {
            result = image.centerCrop(height, width);
        } else {
            Interpolation filter =
                    Interpolation.valueOf(reference.get("filter").asText().toUpperCase(Locale.ROOT));
            result = op.equals("resize")
                    ? Resampling.resize(image, height, width, filter)
                    : Resampling.resizeShort(image, op.contains("256") ? 256 : 32, filter)
                            .centerCrop(height, width);
        }
        assertThat(result)
                .as(reference.toString())
                .isEqualTo(Shared.png(
                        "data/resize_reference/" + reference.get("output").asText()));
    }

    @ParameterizedTest
    @CsvSource({
        "131, 97, 256, 345, 256", // 256 · 131 / 97 = 345.7 is cut off
        "89, 157, 256, 256, 451",
        "20000, 1, 4, 80000, 4",
        "30, 30, 7, 7, 7"
    })
    void resizesTheShortSideAndCutsTheLongOneOff(int height, int width, int side, int newHeight, int newWidth) {
        assertThat(Resampling.shortSize(new Size(height, width), side)).isEqualTo(new Size(newHeight, newWidth));
    }

    @TestFactory
    Stream<DynamicTest> keepsAConstant() {
        return Cases.seeded(60, random -> {
            byte[] data = new byte[(1 + random.nextInt(30)) * (1 + random.nextInt(30)) * 3];
            byte value = (byte) random.nextInt(256);
            Arrays.fill(data, value);
            Raster image = Raster.of(1, data.length / 3, 3, data);
            for (Interpolation filter : Interpolation.values()) {
                Raster result = Resampling.resize(image, 1 + random.nextInt(9), 1 + random.nextInt(90), filter);
                assertThat(result.data()).containsOnly(value);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> commutesWithMirroring() {
        return Cases.seeded(60, random -> {
            Raster image = Cases.raster(random, random.nextBoolean() ? 3 : 1);
            int height = 1 + random.nextInt(50);
            int width = 1 + random.nextInt(50);
            for (Interpolation filter : Interpolation.values()) {
                byte[] first = Resampling.resize(image, height, width, filter)
                        .flipped()
                        .data();
                byte[] second = Resampling.resize(image.flipped(), height, width, filter)
                        .data();
                for (int i = 0; i < first.length; i++) {
                    // weights are rounded one by one, so that the two can differ in the last place
                    assertThat((first[i] & 0xFF) - (second[i] & 0xFF)).isBetween(-1, 1);
                }
            }
        });
    }

    @Test
    void returnsThePictureItselfAtItsOwnSize() {
        Raster image = Raster.of(2, 2, 1, new byte[] {1, 2, 3, 4});
        assertThat(Resampling.resize(image, 2, 2, Interpolation.BICUBIC)).isSameAs(image);
    }

    @Test
    void refusesAnEmptySize() {
        Raster image = Raster.of(1, 1, 1, new byte[1]);
        assertThatThrownBy(() -> Resampling.resize(image, 0, 3, Interpolation.BILINEAR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("size: must be at least 1x1, is 0x3");
        assertThatThrownBy(() -> Resampling.resize(image, 3, 0, Interpolation.BILINEAR))
                .hasMessage("size: must be at least 1x1, is 3x0");
    }
}
