package io.vertebra.datasets.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.Cases;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Pictures;
import io.vertebra.images.Raster;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class JpegTest {

    private static final int[] SAMPLINGS = {
        opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_411,
        opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_420,
        opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_422,
        opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_440,
        opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_444
    };

    private static byte[] encode(Raster image, boolean progressive, int restart, int sampling, int quality) {
        return Pictures.encode(
                ".jpg",
                image,
                opencv_imgcodecs.IMWRITE_JPEG_QUALITY,
                quality,
                opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE,
                progressive ? 1 : 0,
                opencv_imgcodecs.IMWRITE_JPEG_OPTIMIZE,
                quality % 2,
                opencv_imgcodecs.IMWRITE_JPEG_RST_INTERVAL,
                restart,
                opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR,
                sampling);
    }

    private static byte[] random(Random random, boolean noise) {
        int height = 1 + random.nextInt(70);
        int width = 1 + random.nextInt(70);
        Raster image = noise
                ? Cases.raster(random, height, width)
                : Pictures.smooth(height, width, random.nextInt(4) == 0 ? 1 : 3);
        return encode(
                image, random.nextBoolean(), random.nextInt(6), SAMPLINGS[random.nextInt(5)], 1 + random.nextInt(100));
    }

    private static Raster decode(byte[] bytes) {
        return new ImageDecoder().decode("x.jpg", bytes);
    }

    /** The picture that OpenCV makes of the untouched file. */
    private static Raster direct(byte[] bytes) {
        try (BytePointer pointer = new BytePointer(bytes);
                Mat encoded = new Mat(1, bytes.length, opencv_core.CV_8UC1, pointer);
                Mat mat = opencv_imgcodecs.imdecode(encoded, opencv_imgcodecs.IMREAD_COLOR_RGB)) {
            byte[] data = new byte[mat.rows() * mat.cols() * 3];
            mat.data().get(data);
            return Raster.of(mat.rows(), mat.cols(), 3, data);
        }
    }

    @TestFactory
    Stream<DynamicTest> soundFilesOfEveryKindPassTheScanCheckUnchanged() {
        return Cases.seeded(150, seed -> {
            byte[] bytes = random(seed, seed.nextBoolean());
            assertThat(decode(bytes)).isEqualTo(direct(bytes));
        });
    }

    @TestFactory
    Stream<DynamicTest> bytesThatAreMissingFromTheScanAreNoticed() {
        return Cases.seeded(60, seed -> {
            byte[] bytes = encode(Cases.raster(seed, 40, 40), seed.nextBoolean(), 0, SAMPLINGS[seed.nextInt(5)], 90);
            int scan = lastScan(bytes);
            int cut = 20 + seed.nextInt((bytes.length - scan) / 2);
            byte[] shorter = Pictures.replaced(bytes, bytes.length - 2 - cut, bytes.length - 2);
            assertThatThrownBy(() -> decode(shorter))
                    .isInstanceOf(DatasetException.class)
                    .hasMessageContaining("JPEG");
        });
    }

    private static int lastScan(byte[] bytes) {
        for (int at = bytes.length - 2; ; at--) {
            if (bytes[at] == -1 && bytes[at + 1] == (byte) 0xDA) {
                return at;
            }
        }
    }

    private static final byte[] PLAIN = encode(Pictures.smooth(33, 41, 3), false, 0, SAMPLINGS[1], 80);
    private static final byte[] RESTARTS = encode(Pictures.smooth(64, 64, 3), false, 2, SAMPLINGS[4], 80);

    private static int find(byte[] bytes, int code) {
        for (int at = 0; ; at++) {
            if (bytes[at] == -1 && (bytes[at + 1] & 0xFF) == code) {
                return at;
            }
        }
    }

    @Test
    void restartMarkersMustComeInTurn() {
        assertThat(decode(RESTARTS)).isEqualTo(direct(RESTARTS));
        byte[] swapped = RESTARTS.clone();
        swapped[find(RESTARTS, 0xD1) + 1] = (byte) 0xD2;
        assertThatThrownBy(() -> decode(swapped))
                .hasMessageContaining("is a damaged JPEG: restart marker 1 is expected here");
        int first = find(RESTARTS, 0xD0);
        byte[] without = Pictures.replaced(RESTARTS, first, find(RESTARTS, 0xD1));
        assertThatThrownBy(() -> decode(without)).isInstanceOf(DatasetException.class);
        byte[] ended = Pictures.replaced(RESTARTS, first, RESTARTS.length, (byte) 0xFF, (byte) 0xD9);
        assertThatThrownBy(() -> decode(ended)).hasMessageContaining("restart marker 0 is expected here");
        byte[] cut = Pictures.replaced(RESTARTS, first, RESTARTS.length);
        assertThatThrownBy(() -> decode(cut))
                .hasMessageContaining("is a truncated JPEG: ends after " + cut.length + " bytes");
    }

    @Test
    void whatIsNoPixelIsLeftOut() {
        Raster wanted = decode(PLAIN);
        byte[] comment = {-1, (byte) 0xFE, 0, 5, 'a', 'b', 'c'};
        byte[] profile = {-1, (byte) 0xE2, 0, 4, 'x', 'y'};
        byte[] fill = {-1, -1, -1};
        byte[] tail = "anything".getBytes(StandardCharsets.US_ASCII);
        assertThat(decode(Pictures.replaced(PLAIN, 2, 2, comment))).isEqualTo(wanted);
        assertThat(decode(Pictures.replaced(PLAIN, 2, 2, profile))).isEqualTo(wanted);
        assertThat(decode(Pictures.replaced(PLAIN, 2, 2, fill))).isEqualTo(wanted);
        assertThat(decode(Pictures.replaced(PLAIN, PLAIN.length, PLAIN.length, tail)))
                .isEqualTo(wanted);
        // bytes between the last code and the end marker, as some cameras leave them
        assertThat(decode(Pictures.replaced(PLAIN, PLAIN.length - 2, PLAIN.length - 2, tail)))
                .isEqualTo(wanted);
        byte[] handedOn = Signature.inspect(
                        new Source("x", Pictures.replaced(PLAIN, PLAIN.length - 2, PLAIN.length - 2, tail)))
                .pixels()
                .data();
        assertThat(new String(handedOn, StandardCharsets.ISO_8859_1)).doesNotContain("anything");
    }

    @Test
    void coloursThatAreStoredAsRgbStayRgb() { // component ids R, G, B and no JFIF segment: libjpeg then converts
        // nothing
        byte[] file = encode(Pictures.plain(16, 16, 200, 100, 50), false, 0, SAMPLINGS[4], 95);
        int jfif = find(file, 0xE0);
        byte[] plain = Pictures.replaced(file, jfif, jfif + 18);
        byte[] ids = {'R', 'G', 'B'};
        int frame = find(plain, 0xC0);
        int scan = find(plain, 0xDA);
        for (int i = 0; i < 3; i++) {
            plain[frame + 10 + 3 * i] = ids[i];
            plain[scan + 5 + 2 * i] = ids[i];
        }
        Raster image = decode(plain);
        assertThat(image).isEqualTo(direct(plain)).isNotEqualTo(decode(file));
        assertThat(decode(file).at(3, 3, 0)).isBetween(196, 204);
    }

    private static byte[] changed(byte[] bytes, int at, int value) {
        byte[] copy = bytes.clone();
        copy[at] = (byte) value;
        return copy;
    }

    @Test
    void saysWhatIsWrongWithASegment() {
        int frame = find(PLAIN, 0xC0);
        int scan = find(PLAIN, 0xDA);
        int huffman = find(PLAIN, 0xC4);
        List<String> messages = new ArrayList<>();
        for (byte[] bytes : List.of(
                changed(PLAIN, frame + 1, 0xC3),
                changed(PLAIN, frame + 1, 0xC9),
                changed(PLAIN, frame + 4, 12),
                changed(PLAIN, frame + 9, 2),
                changed(PLAIN, frame + 11, 0x50),
                changed(PLAIN, frame + 11, 0x01),
                changed(PLAIN, frame + 3, 9),
                Pictures.replaced(PLAIN, frame, frame + 19),
                Pictures.replaced(PLAIN, frame, frame, java.util.Arrays.copyOfRange(PLAIN, frame, frame + 19)),
                Pictures.replaced(PLAIN, scan, PLAIN.length - 2),
                changed(PLAIN, scan + 4, 4),
                changed(PLAIN, scan + 5, 77),
                changed(PLAIN, scan + 6, 0x22),
                changed(PLAIN, scan + 11, 1),
                changed(PLAIN, scan + 12, 62),
                changed(PLAIN, scan + 13, 1),
                changed(PLAIN, huffman + 4, 0x55),
                changed(PLAIN, huffman + 5, 200),
                changed(PLAIN, huffman + 5, 3),
                changed(PLAIN, huffman + 3, 1),
                changed(PLAIN, huffman, 0),
                changed(changed(PLAIN, frame + 5, 0), frame + 6, 0))) {
            try {
                decode(bytes);
                messages.add("decodes");
            } catch (DatasetException e) {
                messages.add(e.getMessage().replaceAll("byte \\d+", "byte N").replaceAll("after \\d+", "after N"));
            }
        }
        Messages.check("jpeg.txt", messages);
    }

    @Test
    void saysWhatIsMissingAltogether() {
        byte[] nothing = {-1, (byte) 0xD8, -1, (byte) 0xD9};
        assertThatThrownBy(() -> decode(nothing)).hasMessage("x.jpg: is a JPEG without a frame");
        byte[] start = {-1, (byte) 0xD8, -1, -1};
        assertThatThrownBy(() -> decode(start))
                .hasMessage("x.jpg: is a truncated JPEG: ends after 4 bytes without an end marker");
    }

    @Test
    void huffmanTablesHoldNoMoreCodesThanTheirLengthsAllow() {
        int table = find(PLAIN, 0xC4) + 5; // the counts of codes of 1 to 16 bits
        int rich = 0;
        while (PLAIN[table + rich] < 3) {
            rich++;
        }
        byte[] crowded = PLAIN.clone();
        crowded[table + rich] = (byte) (crowded[table + rich] - 3);
        crowded[table] = (byte) (crowded[table] + 3);
        assertThatThrownBy(() -> decode(crowded))
                .hasMessageContaining("is a damaged JPEG: a Huffman table has too many codes of 1 bits");
    }

    @Test
    void progressiveScansMustBeInOrder() {
        byte[] file = encode(Pictures.smooth(24, 24, 1), true, 0, SAMPLINGS[4], 80);
        List<Integer> scans = new ArrayList<>();
        for (int at = 0; at + 1 < file.length; at++) {
            if (file[at] == -1 && file[at + 1] == (byte) 0xDA) {
                scans.add(at);
            }
        }
        assertThat(scans).hasSizeGreaterThan(3);
        assertThat(decode(file)).isEqualTo(direct(file));
        for (int i = 1; i < scans.size(); i++) { // each scan left out, with the tables before it
            int from = scans.get(i - 1);
            byte[] without = Pictures.replaced(file, from, scans.get(i));
            int later = i;
            assertThatThrownBy(() -> decode(without))
                    .as("without scan " + later)
                    .isInstanceOf(DatasetException.class);
        }
    }
}
