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
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** An 8-bit RGB PNG by the JDK's reader. */
    private static Raster png(Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        byte[] data = new byte[image.getHeight() * image.getWidth() * 3];
        for (int i = 0; i < data.length; i++) {
            int rgb = image.getRGB(i / 3 % image.getWidth(), i / 3 / image.getWidth());
            data[i] = (byte) (rgb >> (16 - 8 * (i % 3)));
        }
        return Raster.of(image.getHeight(), image.getWidth(), 3, data);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "baseline_420.jpg",
                "progressive.jpg",
                "gray.jpg",
                "cmyk.jpg",
                "rgb8.png",
                "adam7.png",
                "palette4.png",
                "lossless.webp",
                "lossy.webp",
                "rgb24.bmp",
                "palette8.bmp",
                "raw.tiff",
                "lzw.tiff"
            })
    void aFileCutAnywhereIsAnError(String file) throws IOException {
        byte[] whole = Files.readAllBytes(Shared.file("data/exif/" + file));
        for (int i = 0; i < 24; i++) {
            byte[] part = Arrays.copyOf(whole, i < 12 ? whole.length * i / 12 : whole.length - (i - 11));
            if (file.equals("lzw.tiff") && i >= 12) {
                continue; // its last bytes are no pixels
            }
            assertThatThrownBy(() -> decoder.decode(file, part))
                    .as(file + " cut to " + part.length)
                    .isInstanceOf(DatasetException.class)
                    .hasMessageStartingWith(file + ": ");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "baseline_420.jpg, 40", "progressive.jpg, 40", "cmyk.jpg, 40", "rgb16.png, 20", "palette_trns.png, 20",
        "lossless.webp, 40", "lossy.webp, 40", "palette8.bmp, 40", "lzw.tiff, 40", "raw.tiff, 40"
    })
    void damagedFilesGiveAPictureOrAReason(String file, int count) throws IOException {
        damage(file, count);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            strings = {"baseline_420.jpg", "progressive.jpg", "rgb8.png", "lossy.webp", "palette8.bmp", "lzw.tiff"})
    void damagedFilesGiveAPictureOrAReasonAThousandTimes(String file) throws IOException {
        damage(file, 1000);
    }

    private void damage(String file, int count) throws IOException {
        byte[] whole = Files.readAllBytes(Shared.file("data/exif/" + file));
        for (int seed = 0; seed < count; seed++) {
            byte[] bytes = Damage.of(whole, new Random(seed));
            try {
                assertThat(decoder.decode(file, bytes).channels()).isEqualTo(3);
            } catch (DatasetException e) {
                assertThat(e.reason()).as("seed " + seed).isNotEmpty().hasLineCount(1);
                assertThat(e.file()).isEqualTo(file);
            }
        }
    }

    @Test
    void readsEveryPhoto() {
        for (Path photo : ImageFiles.list(Shared.file("data/hymenoptera/val/ants"))) {
            Raster image = decoder.read(photo);
            assertThat(Math.min(image.height(), image.width())).isBetween(50, 256);
        }
    }

    @Test
    void theSamePictureComesOutOfEveryThread() throws IOException {
        byte[] bytes = Files.readAllBytes(Shared.file("data/exif/progressive.jpg"));
        Raster wanted = decoder.decode("x", bytes);
        Raster[] results = new Raster[4];
        Thread[] threads = new Thread[4];
        for (int i = 0; i < 4; i++) {
            int slot = i;
            threads[i] = new Thread(() -> results[slot] = decoder.decode("x", bytes));
            threads[i].start();
        }
        for (Thread thread : threads) {
            join(thread);
        }
        assertThat(results).containsOnly(wanted);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
