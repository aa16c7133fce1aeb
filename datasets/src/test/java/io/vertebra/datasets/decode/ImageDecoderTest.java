package io.vertebra.datasets.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Shared;
import io.vertebra.images.Raster;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ImageDecoderTest {

    private final ImageDecoder decoder = new ImageDecoder();

    static Stream<JsonNode> cases() {
        return StreamSupport.stream(Shared.json("data/exif/cases.json").spliterator(), false);
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("cases")
    void decodesWhatDecodersGetWrong(JsonNode reference) throws IOException {
        String file = reference.get("file").asText();
        Raster result = decoder.read(Shared.file("data/exif/" + file));
        Raster wanted = png(Shared.file("data/exif/" + reference.get("want").asText()));
        assertThat(result.size()).isEqualTo(wanted.size());
        int largest = 0;
        long sum = 0;
        for (int i = 0; i < wanted.data().length; i++) {
            int difference = Math.abs((result.data()[i] & 0xFF) - (wanted.data()[i] & 0xFF));
            largest = Math.max(largest, difference);
            sum += difference;
        }
        // the folder's README: lossless exact, orientation within 6 and a mean below 1, other lossy files within 4
        boolean lossless = !file.endsWith(".jpg") && !file.equals("lossy.webp");
        int tolerance = lossless ? 0 : file.startsWith("orient") ? 6 : 4;
        assertThat(largest).as(file + ": " + reference.get("note")).isLessThanOrEqualTo(tolerance);
        assertThat((double) sum / wanted.data().length).as(file).isLessThan(1);
    }

    private static Raster png(Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        byte[] data = new byte[image.getHeight() * image.getWidth() * 3];
        for (int i = 0; i < data.length; i++) {
            int rgb = image.getRGB(i / 3 % image.getWidth(), i / 3 / image.getWidth());
            data[i] = (byte) (rgb >> (16 - 8 * (i % 3)));
        }
        return Raster.of(image.getHeight(), image.getWidth(), 3, data);
    }

    static Stream<Path> photos() throws IOException {
        return ImageFiles.list(Shared.file("data/hymenoptera/val/ants")).stream()
                .limit(20);
    }

    @Test
    void truncatedAnywhereIsAnError() throws IOException {
        for (String file : new String[] {
            "baseline_420.jpg",
            "progressive.jpg",
            "gray.jpg",
            "rgb8.png",
            "adam7.png",
            "lossless.webp",
            "lossy.webp",
            "rgb24.bmp",
            "lzw.tiff"
        }) {
            byte[] whole = Files.readAllBytes(Shared.file("data/exif/" + file));
            for (int i = 0; i < 25; i++) {
                byte[] part = java.util.Arrays.copyOf(whole, whole.length * i / 25);
                assertThatThrownBy(() -> decoder.decode(file, part))
                        .as(file + " cut to " + part.length)
                        .isInstanceOf(DatasetException.class)
                        .hasMessageStartingWith(file + ": ");
            }
        }
    }
}
