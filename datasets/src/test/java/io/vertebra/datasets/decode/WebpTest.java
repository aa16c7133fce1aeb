package io.vertebra.datasets.decode;

import static io.vertebra.datasets.decode.Decoding.SMOOTH;
import static io.vertebra.datasets.decode.Decoding.decode;
import static io.vertebra.datasets.decode.Decoding.exif;
import static io.vertebra.datasets.decode.Decoding.notes;
import static io.vertebra.datasets.decode.Decoding.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.datasets.Pictures;
import io.vertebra.images.Raster;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.junit.jupiter.api.Test;

/** WebP files built here chunk by chunk, for what the reference folders do not hold. */
class WebpTest {

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
}
