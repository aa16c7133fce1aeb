package io.vertebra.datasets.decode;

import static io.vertebra.datasets.decode.Decoding.SMOOTH;
import static io.vertebra.datasets.decode.Decoding.decode;
import static io.vertebra.datasets.decode.Decoding.notes;
import static io.vertebra.datasets.decode.Decoding.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Pictures;
import io.vertebra.images.Raster;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signatures, bitmaps, GIF and TIFF: files built here byte by byte, for what the reference folders do not hold. */
class FormatsTest {

    // --- signatures

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<!DOCTYPE html><p>|looks like an HTML page",
                "  <HTML>|looks like an HTML page",
                "HTTP/1.1 200 OK|starts with an HTTP header",
                "version https://git-lfs.github.com/spec/v1|is a Git LFS pointer, the file itself was not downloaded",
                "plain text that goes on|starts with the text \"plain text t\"",
                "é|starts with the bytes C3 A9"
            })
    void saysWhatAFileIsInstead(String content, String description) {
        refuses("is not a picture: " + description, content.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void showsLineBreaksAsBlanksAndEmptyFilesAsEmpty() {
        refusesNumbers("is not a picture: starts with the text \"a b c\"", 'a', '\r', '\n', 'b', '\t', 'c');
        refusesNumbers("is not a picture: starts with the bytes 61 00", 'a', 0);
        refusesNumbers("is not a picture: starts with the bytes 61 7F", 'a', 127);
        refusesNumbers("is empty");
        refusesNumbers("byte 2: is truncated: ends after 2 bytes", 'B', 'M');
    }

    private static void refusesNumbers(String message, int... bytes) {
        byte[] file = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            file[i] = (byte) bytes[i];
        }
        refuses(message, file);
    }

    // --- BMP

    @Test
    void bitmapsMayBeStoredFromTheTop() {
        byte[] up = Pictures.encode(".bmp", SMOOTH);
        assertThat(decode(up)).isEqualTo(SMOOTH);
        byte[] down = up.clone();
        int row = (14 * 3 + 3) / 4 * 4;
        for (int y = 0; y < 9; y++) {
            System.arraycopy(up, 54 + y * row, down, 54 + (8 - y) * row, row);
        }
        ByteBuffer.wrap(down).order(ByteOrder.LITTLE_ENDIAN).putInt(22, -9);
        assertThat(decode(down)).isEqualTo(SMOOTH);
    }

    @Test
    void saysWhatIsWrongWithABitmap() {
        byte[] file = Pictures.encode(".bmp", SMOOTH);
        List<String> messages = new ArrayList<>();
        int[][] changes = {{14, 12}, {28, 7}, {30, 1}, {10, 20}, {18, 0}, {22, 0}, {22, 10}, {20, 1}};
        for (int[] change : changes) {
            byte[] bytes = file.clone();
            bytes[change[0]] = (byte) change[1];
            try {
                decode(bytes);
                messages.add("decodes");
            } catch (DatasetException e) {
                messages.add(e.getMessage());
            }
        }
        Messages.check("bmp.txt", messages);
    }

    // --- GIF and TIFF

    private static byte[] write(String format, BufferedImage image) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, file)).isTrue();
        return file.toByteArray();
    }

    private static BufferedImage image(int type) {
        BufferedImage image = new BufferedImage(6, 4, type);
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 6; x++) {
                image.setRGB(x, y, 0xFF000000 | ((40 * x) << 16) | ((60 * y) << 8) | (10 * (x + y)));
            }
        }
        return image;
    }

    @Test
    void tiffKeepsColoursAsStored() throws IOException {
        for (int type :
                new int[] {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_INT_ARGB, BufferedImage.TYPE_3BYTE_BGR}) {
            Raster result = decode(write("tiff", image(type)));
            assertThat(new int[] {result.at(2, 3, 0), result.at(2, 3, 1), result.at(2, 3, 2)})
                    .containsExactly(120, 120, 50);
        }
        BufferedImage wide = new BufferedImage(3, 1, BufferedImage.TYPE_USHORT_GRAY);
        wide.getRaster().setPixels(0, 0, 3, 1, new int[] {255, 256 * 7 + 255, 65535});
        assertThat(decode(write("tiff", wide)).data()).containsExactly(0, 0, 0, 7, 7, 7, 255, 255, 255);
        BufferedImage gray = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        gray.getRaster().setPixels(0, 0, 2, 1, new int[] {77, 200});
        assertThat(decode(write("tiff", gray)).data()).containsExactly(77, 77, 77, 200, 200, 200);
        BufferedImage bits = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
        bits.setRGB(1, 0, 0xFFFFFFFF);
        assertThat(decode(write("tiff", bits)).data()).containsExactly(0, 0, 0, 255, 255, 255);
    }

    @Test
    void smallFilesWithManyPixelsAreRefusedBeforeMemoryIsSpent() throws IOException {
        byte[] file = write("gif", image(BufferedImage.TYPE_BYTE_INDEXED));
        byte[] huge = file.clone();
        ByteBuffer.wrap(huge)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(6, (short) 13_000)
                .putShort(8, (short) 13_000);
        refuses("declares 169 megapixels in %d bytes".formatted(file.length), huge);
    }

    @Test
    void gifShowsItsFirstFrame() throws IOException {
        byte[] reds = {0, 9, -1, 7};
        byte[] others = new byte[4];
        BufferedImage image = new BufferedImage(
                3, 5, BufferedImage.TYPE_BYTE_BINARY, new IndexColorModel(2, 4, reds, others, others));
        image.getRaster().setSample(1, 1, 0, 2);
        byte[] file = write("gif", image);
        Raster result = decode(file);
        assertThat(result.at(1, 1, 0)).isEqualTo(255);
        assertThat(result.at(1, 1, 1)).isZero();
        assertThat(notes(file)).isEmpty();
        byte[] larger = file.clone();
        larger[6] = 5; // the screen is wider than the frame
        assertThat(decode(larger).size().width()).isEqualTo(5);
        assertThat(decode(larger).at(1, 4, 0)).isZero();
        byte[] smaller = file.clone();
        smaller[6] = 2;
        refuses("has a frame larger than the picture", smaller);
        refuses(
                "is a GIF without a frame",
                ByteBuffer.allocate(14)
                        .put("GIF89a\1\0\1\0\0\0\0;".getBytes(StandardCharsets.US_ASCII))
                        .array());
        refuses(
                "byte 13: is a damaged GIF: unknown block",
                ByteBuffer.allocate(14)
                        .put("GIF89a\1\0\1\0\0\0\0!".getBytes(StandardCharsets.US_ASCII))
                        .put(13, (byte) 1)
                        .array());
        byte[] frames = Arrays.copyOf(file, 2 * file.length - 13);
        int start = 13 + ((file[10] & 0x80) == 0 ? 0 : 3 << ((file[10] & 7) + 1));
        System.arraycopy(file, start, frames, file.length - 1, file.length - start);
        byte[] two = Arrays.copyOf(frames, file.length - 1 + file.length - start);
        assertThat(notes(two)).containsExactly("is an animated GIF of 2 frames; the first one is used");
        assertThat(decode(two)).isEqualTo(result);
    }
}
