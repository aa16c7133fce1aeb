package io.vertebra.backbones.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExifBlockTest {

    /** A TIFF header with two entries: a width that is in the way, and an orientation. */
    static byte[] tiff(boolean little, int orientation) {
        ByteBuffer tiff =
                ByteBuffer.allocate(8 + 2 + 24 + 4).order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        tiff.put((little ? "II" : "MM").getBytes(StandardCharsets.US_ASCII))
                .putShort((short) 42)
                .putInt(8);
        tiff.putShort((short) 2);
        tiff.putShort((short) 256)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) 5)
                .putShort((short) 0);
        tiff.putShort((short) 274)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0);
        return tiff.array();
    }

    /** A JPEG with an EXIF block behind its first segment. */
    static byte[] withExif(byte[] jpeg, byte[] tiff) {
        int first = 4 + (((jpeg[4] & 0xFF) << 8) | (jpeg[5] & 0xFF));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(jpeg, 0, first);
        out.writeBytes(segment(0xE1, "Exif\0\0", tiff));
        out.write(jpeg, first, jpeg.length - first);
        return out.toByteArray();
    }

    private static byte[] segment(int marker, String head, byte[] body) {
        byte[] words = head.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(4 + words.length + body.length)
                .put((byte) 0xFF)
                .put((byte) marker)
                .putShort((short) (2 + words.length + body.length))
                .put(words)
                .put(body)
                .array();
    }

    private static byte[] jpeg(byte[]... segments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xD8});
        for (byte[] segment : segments) {
            out.writeBytes(segment);
        }
        return out.toByteArray();
    }

    private static byte[] block(byte[] file) {
        ByteBuffer block = ExifBlock.of(file);
        byte[] bytes = new byte[block.remaining()];
        block.get(bytes);
        return bytes;
    }

    @Test
    void standsInASegmentOfAJpeg() {
        byte[] tiff = tiff(false, 6);
        byte[] first = segment(0xE0, "JFIF\0", new byte[9]);
        byte[] exif = segment(0xE1, "Exif\0\0", tiff);
        assertThat(block(jpeg(exif))).isEqualTo(tiff);
        assertThat(block(jpeg(first, exif, segment(0xDB, "", new byte[65])))).isEqualTo(tiff);
        assertThat(block(jpeg(first, new byte[] {-1, -1}, exif))).isEqualTo(tiff); // filling before a marker
        assertThat(block(jpeg(first, segment(0xE1, "Exif\0\0", new byte[0])))).isEmpty();
    }

    @Test
    void aTiffIsABlock() {
        assertThat(block(tiff(true, 6))).isEqualTo(tiff(true, 6));
        assertThat(block(new byte[] {-1, (byte) 0xD8})).hasSize(2);
    }

    @Test
    void passesOverOtherSegments() {
        byte[] exif = segment(0xE1, "Exif\0\0", tiff(true, 6));
        byte[] other = segment(0xE1, "http://ns.adobe.com/xap/1.0/\0", tiff(true, 3));
        assertThat(block(jpeg(other, exif))).isEqualTo(tiff(true, 6));
        assertThat(block(jpeg(segment(0xE2, "Exif\0\0", tiff(true, 6))))).isEmpty();
        assertThat(block(jpeg(segment(0xE1, "Exif", new byte[0]), new byte[] {0, 0})))
                .isEmpty();
    }

    @Test
    void stopsAtThePixels() {
        byte[] exif = segment(0xE1, "Exif\0\0", tiff(true, 6));
        assertThat(block(jpeg(segment(0xDA, "", new byte[4]), exif))).isEmpty();
        assertThat(block(jpeg(new byte[] {-1, (byte) 0xE0, 0, 1}, exif))).isEmpty(); // no segment is so short
    }

    @Test
    void isNotThereWhenItIsCutShort() {
        byte[] whole = jpeg(segment(0xE1, "Exif\0\0", tiff(true, 6)));
        for (int length = 3; length < whole.length; length++) {
            assertThat(block(Arrays.copyOf(whole, length))).isEmpty();
        }
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            byte[] broken = whole.clone();
            broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            assertThat(block(broken).length).isLessThanOrEqualTo(whole.length);
        }
    }
}
