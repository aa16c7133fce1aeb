package io.vertebra.backbones.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExifTest {

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

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "6, 6", "8, 8", "0, 1", "9, 1", "65535, 1"})
    void readsBothOrders(int stated, int expected) {
        for (boolean little : new boolean[] {true, false}) {
            byte[] tiff = tiff(little, stated);
            assertThat(Exif.orientation(tiff)).isEqualTo(expected);
            assertThat(Exif.orientation(jpeg(segment(0xE0, "JFIF\0", new byte[9]), segment(0xE1, "Exif\0\0", tiff))))
                    .isEqualTo(expected);
        }
    }

    @Test
    void passesOverOtherBlocksOfTheSameMarker() {
        byte[] other = segment(0xE1, "http://ns.adobe.com/xap/1.0/\0", tiff(true, 3));
        assertThat(Exif.orientation(jpeg(other, segment(0xE1, "Exif\0\0", tiff(true, 6)))))
                .isEqualTo(6);
        assertThat(Exif.orientation(jpeg(segment(0xE2, "Exif\0\0", tiff(true, 6)))))
                .isEqualTo(1);
    }

    @Test
    void stopsAtThePixels() {
        assertThat(Exif.orientation(jpeg(segment(0xDA, "", new byte[4]), segment(0xE1, "Exif\0\0", tiff(true, 6)))))
                .isEqualTo(1);
    }

    @Test
    void aBlockOfAnotherTypeIsNoOrientation() {
        byte[] tiff = tiff(false, 6);
        tiff[8 + 2 + 12 + 3] = 4; // a long
        assertThat(Exif.orientation(tiff)).isEqualTo(1);
        byte[] magic = tiff(false, 6);
        magic[3] = 43;
        assertThat(Exif.orientation(magic)).isEqualTo(1);
        byte[] order = tiff(false, 6);
        order[0] = 'X';
        assertThat(Exif.orientation(order)).isEqualTo(1);
    }

    @Test
    void nothingBrokenIsMoreThanUpright() {
        byte[] whole = jpeg(segment(0xE1, "Exif\0\0", tiff(true, 6)));
        for (int length = 0; length < whole.length; length++) {
            assertThat(Exif.orientation(Arrays.copyOf(whole, length))).isEqualTo(1);
        }
        byte[] tiff = tiff(true, 6);
        for (int length = 0; length < 8 + 2 + 24; length++) {
            assertThat(Exif.orientation(Arrays.copyOf(tiff, length))).isEqualTo(1);
        }
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            byte[] broken = (i % 2 == 0 ? whole : tiff).clone();
            broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            assertThat(Exif.orientation(broken)).isBetween(1, 8);
        }
    }
}
