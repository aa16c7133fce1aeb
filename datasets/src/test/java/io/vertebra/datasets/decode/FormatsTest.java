package io.vertebra.datasets.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files built here byte by byte, for what the reference folders do not hold. */
class FormatsTest {

    private static final Raster SMOOTH = Pictures.smooth(9, 14, 3);

    private static Raster decode(byte... bytes) {
        return new ImageDecoder().decode("x", bytes);
    }

    private static List<String> notes(byte... bytes) {
        return Signature.inspect(new Source("x", bytes)).notes();
    }

    private static void refuses(String message, byte... bytes) {
        assertThatThrownBy(() -> decode(bytes))
                .isInstanceOf(DatasetException.class)
                .hasMessage("x: " + message);
    }

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
        refuses("is not a picture: starts with the text \"a b c\"", 'a', '\r', '\n', 'b', '\t', 'c');
        refuses("is not a picture: starts with the bytes 61 00", 'a', 0);
        refuses("is not a picture: starts with the bytes 61 7F", 'a', 127);
        refuses("is empty");
        refuses("byte 2: is truncated: ends after 2 bytes", 'B', 'M');
    }

    private static void refuses(String message, int... bytes) {
        byte[] file = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            file[i] = (byte) bytes[i];
        }
        assertThatThrownBy(() -> decode(file))
                .isInstanceOf(DatasetException.class)
                .hasMessage("x: " + message);
    }

    /** A block that states an orientation. */
    private static byte[] exif(boolean little, int orientation) {
        return ByteBuffer.allocate(22)
                .order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
                .put((little ? "II" : "MM").getBytes(StandardCharsets.US_ASCII))
                .putShort((short) 42)
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .array();
    }

    // --- PNG

    private static byte[] chunk(String type, byte... data) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        return ByteBuffer.allocate(data.length + 12)
                .putInt(data.length)
                .put(name)
                .put(data)
                .putInt((int) crc.getValue())
                .array();
    }

    private static byte[] header(int width, int height, int depth, int colour, int interlace) {
        return chunk(
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put(new byte[] {(byte) depth, (byte) colour, 0, 0, (byte) interlace})
                        .array());
    }

    private static byte[] deflated(int zeros) {
        Deflater deflater = new Deflater();
        deflater.setInput(new byte[zeros]);
        deflater.finish();
        byte[] out = new byte[zeros + 64];
        int length = deflater.deflate(out);
        deflater.end();
        return Arrays.copyOf(out, length);
    }

    private static byte[] png(byte[]... chunks) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        for (byte[] chunk : chunks) {
            file.writeBytes(chunk);
        }
        return file.toByteArray();
    }

    private static final byte[] END = chunk("IEND");

    @ParameterizedTest
    @CsvSource({ // (width · bits rounded up to bytes + 1) · height; Adam7: by hand from the seven reduced pictures
        "5, 3, 8, 0, 0, 18",
        "5, 3, 1, 0, 0, 6",
        "9, 3, 1, 3, 0, 9",
        "5, 3, 4, 3, 0, 12",
        "5, 3, 2, 0, 0, 9",
        "5, 3, 8, 2, 0, 48",
        "5, 3, 16, 0, 0, 33",
        "5, 3, 16, 2, 0, 93",
        "5, 3, 8, 4, 0, 33",
        "5, 3, 8, 6, 0, 63",
        "5, 3, 16, 6, 0, 123",
        "1, 1, 8, 0, 1, 2",
        "8, 8, 8, 0, 1, 79",
        "5, 3, 8, 0, 1, 22"
    })
    void pixelDataMustBeComplete(int width, int height, int depth, int colour, int interlace, int bytes) {
        byte[] palette = colour == 3 ? chunk("PLTE", new byte[48]) : new byte[0];
        byte[] header = header(width, height, depth, colour, interlace);
        assertThat(decode(png(header, palette, chunk("IDAT", deflated(bytes)), END))
                        .size()
                        .width())
                .isEqualTo(width);
        refuses(
                "is a PNG whose picture data end early: %d of %d bytes".formatted(bytes - 1, bytes),
                png(header, palette, chunk("IDAT", deflated(bytes - 1)), END));
    }

    @Test
    void pixelDataMayComeInPieces() {
        byte[] data = deflated(18);
        byte[] file = png(
                header(5, 3, 8, 0, 0),
                chunk("IDAT", Arrays.copyOf(data, 3)),
                chunk("IDAT"),
                chunk("IDAT", Arrays.copyOfRange(data, 3, data.length)),
                END);
        assertThat(decode(file)).isEqualTo(Pictures.plain(3, 5, 0, 0, 0));
    }

    @Test
    void otherChunksAreNotHandedOnAndNeedNoCrc() {
        byte[] wrong = chunk("iCCP", (byte) 1, (byte) 2);
        wrong[wrong.length - 1]++;
        byte[] animation = chunk("acTL", new byte[8]);
        byte[] turn = chunk("eXIf", exif(false, 6));
        byte[] data = chunk("IDAT", deflated(18));
        byte[] header = header(5, 3, 8, 0, 0);
        assertThat(decode(png(header, wrong, data, END)).size().width()).isEqualTo(5);
        assertThat(notes(png(header, animation, data, END)))
                .containsExactly("is an animated PNG, of which the default picture is used");
        assertThat(decode(png(header, turn, data, END)).size().width()).isEqualTo(3);
        assertThat(notes(png(header, chunk("eXIf"), data, END)))
                .containsExactly("EXIF block is cut short or has no TIFF header and is ignored");
        assertThat(Signature.inspect(new Source("x", png(header, wrong, animation, data, END, wrong)))
                        .pixels()
                        .data())
                .isEqualTo(png(header, data, END));
    }

    @Test
    void saysWhatIsWrongWithAPng() {
        byte[] data = chunk("IDAT", deflated(18));
        refuses("byte 8: is a PNG whose first chunk is not IHDR", png(data, END));
        refuses("byte 25: is a PNG of the unknown colour type 5", png(header(5, 3, 8, 5, 0), data, END));
        refuses(
                "byte 24: is a PNG of colour type 0 with the impossible bit depth 3",
                png(header(5, 3, 3, 0, 0), data, END));
        byte[] noise = png(header(5, 3, 8, 0, 0), chunk("IDAT", new byte[] {0x78, 1, 7, 7, 7, 7}), END);
        assertThatThrownBy(() -> decode(noise))
                .isInstanceOf(DatasetException.class)
                .hasMessageStartingWith("x: is a PNG whose picture data are damaged (");
        refuses(
                "byte 33: is a PNG with a chunk of 2147483648 bytes",
                png(header(5, 3, 8, 0, 0), new byte[] {-128, 0, 0, 0, 0, 0, 0, 0}));
        byte[] endless = png(header(5, 3, 8, 0, 0), data);
        refuses("byte %d: is truncated: ends after %d bytes".formatted(endless.length, endless.length), endless);
    }

    @ParameterizedTest
    @CsvSource({"2, 4", "4, 2", "6, 1", "3, 16", "0, 5", "0, 0", "6, 32"})
    void depthsThatColourTypesDoNotHaveAreRefused(int colour, int depth) {
        refuses(
                "byte 24: is a PNG of colour type %d with the impossible bit depth %d".formatted(colour, depth),
                png(header(5, 3, depth, colour, 0), chunk("IDAT", deflated(18)), END));
    }

    @Test
    void refusesWhatLibpngWouldPrintAbout() {
        byte[] header = header(5, 3, 8, 3, 0);
        byte[] palette = chunk("PLTE", new byte[6]);
        byte[] data = chunk("IDAT", deflated(18));
        String bad = "byte 33: is a damaged PNG: bad palette";
        refuses("byte 33: is a damaged PNG: the palette is missing", png(header, data, END));
        refuses(bad, png(header, chunk("PLTE"), data, END));
        refuses(bad, png(header, chunk("PLTE", new byte[7]), data, END));
        refuses(bad, png(header, chunk("PLTE", new byte[771]), data, END));
        refuses("byte 51: is a damaged PNG: bad palette", png(header, palette, palette, data, END));
        assertThat(decode(png(header, chunk("PLTE", new byte[768]), data, END))
                        .size()
                        .width())
                .isEqualTo(5);
        byte[] gray = header(5, 3, 8, 0, 0);
        refuses("byte 33: is a damaged PNG: it has two headers", png(gray, gray, data, END));
        assertThat(Signature.inspect(new Source("x", png(gray, palette, data, END)))
                        .pixels()
                        .data())
                .isEqualTo(png(gray, data, END));
        assertThat(Signature.inspect(new Source("x", png(gray, data, chunk("IEND", (byte) 1))))
                        .pixels()
                        .data())
                .isEqualTo(png(gray, data, END));
        for (int at = 26; at <= 28; at++) {
            byte[] file = png(gray, data, END);
            file[at] = 2;
            refuses("byte 26: is a PNG of an unknown compression, filter or interlace method", file);
        }
        String damaged = "is a PNG whose picture data are damaged (%s)";
        byte[] whole = deflated(18);
        byte[] tail = Arrays.copyOf(whole, whole.length + 3);
        refuses(damaged.formatted("they go on after their end"), png(gray, chunk("IDAT", tail), END));
        refuses(damaged.formatted("they go on after their end"), png(gray, data, chunk("IDAT", new byte[3]), END));
        refuses(damaged.formatted("they go on after the last row"), png(gray, chunk("IDAT", deflated(19)), END));
        refuses(
                "is a PNG whose picture data end early: 18 of 18 bytes",
                png(gray, chunk("IDAT", Arrays.copyOf(whole, whole.length - 4)), END));
        refuses(
                damaged.formatted("they want a dictionary"),
                png(gray, chunk("IDAT", new byte[] {0x78, (byte) 0xBB, 1, 2, 3, 4, 5, 6}), END));
    }

    @Test
    void everyRowBeginsWithAFilter() {
        for (int interlace = 0; interlace <= 1; interlace++) {
            // where rows begin in 5x3 gray pixels: every 6 bytes, or in Adam7's passes of 1x1, 1x1, -, 1x1, 3x1, 2x2
            // and 5x1
            List<Integer> starts = interlace == 0 ? List.of(0, 6, 12) : List.of(0, 2, 4, 6, 10, 13, 16);
            for (int at = 0; at < (interlace == 0 ? 18 : 22); at++) {
                byte[] rows = new byte[interlace == 0 ? 18 : 22];
                rows[at] = 5;
                Deflater deflater = new Deflater();
                deflater.setInput(rows);
                deflater.finish();
                byte[] out = new byte[100];
                int length = deflater.deflate(out);
                deflater.end();
                byte[] file = png(header(5, 3, 8, 0, interlace), chunk("IDAT", Arrays.copyOf(out, length)), END);
                if (starts.contains(at)) {
                    refuses("is a PNG whose picture data are damaged (unknown row filter)", file);
                } else {
                    assertThat(decode(file).size().width()).isEqualTo(5);
                }
            }
        }
    }

    @Test
    void sizesAreJudgedByTheHeader() { // 2^20 · 170 pixels are under the limit, 2^20 · 171 above
        refuses("is a PNG without picture data (no IDAT chunk)", png(header(1 << 20, 170, 1, 0, 0), END));
        refuses(
                "declares 1048576x171, 179 megapixels; the limits are 1048576 a side and 178 megapixels",
                png(header(1 << 20, 171, 1, 0, 0), END));
        refuses("is a PNG without picture data (no IDAT chunk)", png(header(1, 1 << 20, 1, 0, 0), END));
        refuses(
                "declares 1x1048577, 1 megapixels; the limits are 1048576 a side and 178 megapixels",
                png(header(1, (1 << 20) + 1, 1, 0, 0), END));
        refuses(
                "declares 1048577x1, 1 megapixels; the limits are 1048576 a side and 178 megapixels",
                png(header((1 << 20) + 1, 1, 1, 0, 0), END));
        refuses("has the invalid size 3x0", png(header(3, 0, 1, 0, 0), END));
        refuses("has the invalid size 0x3", png(header(0, 3, 1, 0, 0), END));
    }

    // --- WebP

    private static byte[] riff(byte[]... chunks) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] chunk : chunks) {
            body.writeBytes(chunk);
        }
        return ByteBuffer.allocate(12 + body.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("RIFF".getBytes(StandardCharsets.US_ASCII))
                .putInt(4 + body.size())
                .put("WEBP".getBytes(StandardCharsets.US_ASCII))
                .put(body.toByteArray())
                .array();
    }

    private static byte[] riffChunk(String type, byte... data) {
        return ByteBuffer.allocate(8 + data.length + data.length % 2)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .putInt(data.length)
                .put(data)
                .array();
    }

    private static byte[] extended(int flags) {
        return riffChunk(
                "VP8X",
                (byte) flags,
                (byte) 0,
                (byte) 0,
                (byte) 0,
                (byte) 13,
                (byte) 0,
                (byte) 0,
                (byte) 8,
                (byte) 0,
                (byte) 0);
    }

    @Test
    void webpIsTurnedUprightToo() {
        byte[] plain = Pictures.encode(".webp", SMOOTH, opencv_imgcodecs.IMWRITE_WEBP_QUALITY, 101);
        assertThat(decode(plain)).isEqualTo(SMOOTH);
        byte[] pixels = Arrays.copyOfRange(plain, 12, plain.length);
        byte[] block = exif(true, 3);
        byte[] headed = ByteBuffer.allocate(6 + block.length)
                .put("Exif\0\0".getBytes(StandardCharsets.US_ASCII))
                .put(block)
                .array();
        Raster turned = SMOOTH.upright(3);
        assertThat(decode(riff(extended(8), pixels, riffChunk("EXIF", block)))).isEqualTo(turned);
        assertThat(decode(riff(extended(8), pixels, riffChunk("odd ", (byte) 1), riffChunk("EXIF", headed))))
                .isEqualTo(turned);
        byte[][] cutShort = {{1}, {'E', 'x', 'i', 'f', 0}}; // the head of the second goes on in the filling
        for (byte[] cut : cutShort) {
            assertThat(notes(riff(extended(8), pixels, riffChunk("EXIF", cut))))
                    .containsExactly("EXIF block is cut short or has no TIFF header and is ignored");
        }
    }

    private static byte[] changed(byte[] bytes, int at, int value) {
        byte[] copy = bytes.clone();
        copy[at] = (byte) value;
        return copy;
    }

    @Test
    void saysWhatIsWrongWithAWebp() {
        byte[] lossy = Pictures.encode(".webp", SMOOTH, opencv_imgcodecs.IMWRITE_WEBP_QUALITY, 80);
        assertThat(Signature.inspect(new Source("x", lossy)).height()).isEqualTo(9);
        assertThat(Signature.inspect(new Source("x", lossy)).width()).isEqualTo(14);
        refuses("is an animated WebP, which is not supported; save its first frame", riff(extended(2)));
        refuses("byte 12: is a WebP file without a picture", riff(riffChunk("ABCD", new byte[4])));
        refuses("byte 12: is a WebP file without a picture", riff(extended(0)));
        byte[] lossless = Pictures.encode(".webp", SMOOTH, opencv_imgcodecs.IMWRITE_WEBP_QUALITY, 101);
        byte[] picture = Arrays.copyOfRange(lossless, 12, lossless.length);
        byte[] canvas = extended(0);
        canvas[12]++; // one column more
        refuses("byte 12: is a damaged WebP: its picture has another size than its canvas", riff(canvas, picture));
        byte[] taller = extended(0);
        taller[15]++;
        refuses("byte 12: is a damaged WebP: its picture has another size than its canvas", riff(taller, picture));
        refuses("byte 20: is a damaged WebP: bad lossless header", changed(lossless, 20, 0x2E));
        refuses("byte 20: is a damaged WebP: bad lossless header", changed(lossless, 24, 0x20));
        refuses("byte 20: is a damaged WebP: bad lossy header", changed(lossy, 20, lossy[20] | 1));
        refuses("byte 20: is a damaged WebP: bad lossy header", changed(lossy, 24, 2));
        refuses("has the invalid size 0x9", changed(lossy, 26, 0));
        refuses("has the invalid size 14x0", changed(lossy, 28, 0));
        byte[] longer = riff(extended(0), riffChunk("VP8 ", new byte[4]));
        longer[34] = 100;
        refuses("byte %d: is truncated: ends after %d bytes".formatted(longer.length, longer.length), longer);
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
