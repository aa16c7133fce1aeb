package io.vertebra.datasets.decode;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Pictures;
import io.vertebra.images.Raster;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Decodes files that a test has built byte by byte. */
final class Decoding {
    private Decoding() {}

    /** A picture without a repeat. */
    static final Raster SMOOTH = Pictures.smooth(9, 14, 3);

    /** The picture of a file called x. */
    static Raster decode(byte... bytes) {
        return new ImageDecoder().decode("x", bytes);
    }

    /** What is remarked about a file that decodes. */
    static List<String> notes(byte... bytes) {
        return Signature.inspect(new Source("x", bytes)).notes();
    }

    /** Decoding ends with this message. */
    static void refuses(String message, byte... bytes) {
        assertThatThrownBy(() -> decode(bytes))
                .isInstanceOf(DatasetException.class)
                .hasMessage("x: " + message);
    }

    /** A block that states an orientation. */
    static byte[] exif(boolean little, int orientation) {
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
}
