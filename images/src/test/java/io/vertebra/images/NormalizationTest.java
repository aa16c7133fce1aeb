package io.vertebra.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NormalizationTest {

    static Stream<JsonNode> references() {
        return StreamSupport.stream(
                        Shared.json("data/resize_reference/cases.json")
                                .get("cases")
                                .spliterator(),
                        false)
                .filter(c -> c.get("op").asText().equals("to_tensor_normalize"));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("references")
    void equalsTorchvisionBitForBit(JsonNode reference) throws IOException {
        Raster image =
                Shared.png("data/resize_reference/" + reference.get("input").asText());
        Normalization constants = new Normalization(numbers(reference.get("mean")), numbers(reference.get("std")));
        float[] result = new float[image.data().length];
        constants.table().write(image, result, 0);
        assertThat(result)
                .containsExactly(npy(Shared.file(
                        "data/resize_reference/" + reference.get("output").asText())));
    }

    private static List<Double> numbers(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asDouble)
                .toList();
    }

    private static float[] npy(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(10 + bytes.getShort(8));
        float[] values = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    @TestFactory
    Stream<DynamicTest> readsBackWhatItWrote() {
        return Cases.seeded(40, random -> {
            Raster image = Cases.raster(random, 3);
            int offset = random.nextInt(5);
            float[] values = new float[offset + image.data().length];
            Normalization.Table table = Normalization.IMAGENET.table();
            table.write(image, values, offset);
            assertThat(table.read(values, offset, image.height(), image.width()))
                    .isEqualTo(image);
        });
    }

    @Test
    void putsASmallPictureAtTheTopLeftOfZeros() {
        Raster image = Raster.of(1, 2, 3, new byte[] {0, 51, 102, (byte) 153, (byte) 204, (byte) 255});
        Normalization.Table table = new Normalization(List.of(1.0, 0.0, 0.0), List.of(1.0, 1.0, 0.5)).table();
        float[] values = new float[20];
        java.util.Arrays.fill(values, 9);
        table.write(image, values, 1, 2, 3);
        assertThat(values).containsExactly(9, -1, 0.6f - 1, 0, 0, 0, 0, 0.2f, 0.8f, 0, 0, 0, 0, 0.8f, 2, 0, 0, 0, 0, 9);
        assertThatThrownBy(() -> table.write(image, values, 0, 1, 1)).hasMessage("image: 1x2 does not fit into 1x1");
        assertThatThrownBy(() -> table.write(image, values, 0, 0, 2)).hasMessage("image: 1x2 does not fit into 0x2");
    }

    @Test
    void writesPlanesFromTheOffsetOn() {
        Raster image = Raster.of(1, 2, 3, new byte[] {0, 51, 102, (byte) 153, (byte) 204, (byte) 255});
        float[] values = {9, 9, 9, 9, 9, 9, 9, 9};
        new Normalization(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 0.5))
                .table()
                .write(image, values, 1);
        assertThat(values).containsExactly(9, 0, 0.6f, 0.2f, 0.8f, 0.8f, 2, 9);
    }

    @Test
    void clipsWhatNoPictureHas() {
        Normalization.Table table = Normalization.IMAGENET.table();
        assertThat(table.read(new float[] {-100, 100, 0}, 0, 1, 1).data()).containsExactly(0, 255, 104);
    }

    @Test
    void refusesBadConstantsAndGrayPictures() {
        List<Double> good = List.of(0.5, 0.5, 0.5);
        assertThatThrownBy(() -> new Normalization(List.of(0.5), good))
                .hasMessage("mean: needs three numbers, one a channel");
        assertThatThrownBy(() -> new Normalization(good, List.of(0.5)))
                .hasMessage("std: needs three numbers, one a channel");
        assertThatThrownBy(() -> new Normalization(good, List.of(0.5, 0.0, 0.5)))
                .hasMessage("std: must be above 0, is 0.0");
        assertThatThrownBy(() -> new Normalization(good, List.of(0.5, 0.5, Double.POSITIVE_INFINITY)))
                .hasMessage("std: must be above 0, is Infinity");
        assertThatThrownBy(() -> new Normalization(List.of(Double.NaN, 0.5, 0.5), good))
                .hasMessage("mean: must be finite, is NaN");
        Raster gray = Raster.of(1, 1, 1, new byte[1]);
        assertThatThrownBy(() -> new Normalization(good, good).table().write(gray, new float[3], 0))
                .hasMessage("image: needs 3 channels, has 1");
    }

    @Test
    void samplesThatAreLookedUpLaterBecomeTheSameNumbers() {
        byte[] data = new byte[2 * 3 * 256];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i * 7 / 3);
        }
        Raster first = Raster.of(16, 16, 3, java.util.Arrays.copyOf(data, 3 * 256));
        Raster second = Raster.of(16, 16, 3, java.util.Arrays.copyOfRange(data, 3 * 256, 2 * 3 * 256));
        Normalization.Table table = Normalization.IMAGENET.table();
        float[] expected = new float[data.length];
        table.write(first, expected, 0);
        table.write(second, expected, 3 * 256);
        byte[] samples = new byte[data.length];
        table.copy(first, samples, 0);
        table.copy(second, samples, 3 * 256);
        assertThat(samples).isEqualTo(data);
        float[] found = new float[data.length];
        table.write(samples, found, 256);
        assertThat(found).isEqualTo(expected);
        for (int i = 0; i < data.length; i++) {
            int cell = i / 3 % 256 + 256 * (i % 3) + i / 768 * 768;
            assertThat(table.values()[256 * (i % 3) + (data[i] & 0xFF)]).isEqualTo(expected[cell]);
        }
        assertThatThrownBy(() -> table.copy(Raster.of(1, 1, 1, new byte[1]), samples, 0))
                .hasMessage("image: needs 3 channels, has 1");
    }
}
