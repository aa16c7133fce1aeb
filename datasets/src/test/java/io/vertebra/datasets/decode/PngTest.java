package io.vertebra.datasets.decode;

import static io.vertebra.datasets.decode.Decoding.decode;
import static io.vertebra.datasets.decode.Decoding.exif;
import static io.vertebra.datasets.decode.Decoding.notes;
import static io.vertebra.datasets.decode.Decoding.refuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Pictures;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PNG files built here chunk by chunk, for what the reference folders do not hold. */
class PngTest {

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
}
