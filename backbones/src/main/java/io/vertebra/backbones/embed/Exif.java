package io.vertebra.backbones.embed;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The orientation that a JPEG's EXIF block or a TIFF file states (EXIF 2.32, tag 274).
 *
 * <p>Only the first list of entries is read and nothing is followed; whatever is broken counts as upright.
 */
final class Exif {
    private static final ByteBuffer HEADER =
            ByteBuffer.wrap("Exif\0\0".getBytes(StandardCharsets.US_ASCII)).asReadOnlyBuffer();
    private static final int APP1 = 0xE1;
    private static final int SCAN = 0xDA;
    private static final int ORIENTATION = 274;
    private static final int SHORT = 3;
    private static final int ENTRY = 12;

    private Exif() {}

    /** 1 to 8; 1 where a file says nothing. */
    static int orientation(byte[] file) {
        if (file.length > 2 && (file[0] & 0xFF) == 0xFF && (file[1] & 0xFF) == 0xD8) {
            return ofJpeg(ByteBuffer.wrap(file));
        }
        return ofTiff(ByteBuffer.wrap(file));
    }

    /** Goes from segment to segment up to the pixels. */
    private static int ofJpeg(ByteBuffer jpeg) {
        int at = 2;
        while (at + 4 <= jpeg.limit() && (jpeg.get(at) & 0xFF) == 0xFF) {
            int marker = jpeg.get(at + 1) & 0xFF;
            int length = jpeg.getShort(at + 2) & 0xFFFF;
            int end = at + 2 + length;
            if (marker == SCAN || length < 2 || end > jpeg.limit()) {
                return 1;
            }
            int block = at + 4 + HEADER.limit();
            if (marker == APP1
                    && block <= end
                    && jpeg.slice(at + 4, HEADER.limit()).equals(HEADER)) {
                return ofTiff(jpeg.slice(block, end - block));
            }
            at = end;
        }
        return 1;
    }

    private static int ofTiff(ByteBuffer tiff) {
        if (tiff.limit() < 8) {
            return 1;
        }
        int order = tiff.getShort(0);
        if (order != 0x4949 && order != 0x4D4D) {
            return 1;
        }
        tiff.order(order == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long list = tiff.getInt(4) & 0xFFFFFFFFL;
        if (tiff.getShort(2) != 42 || list < 8 || list + 2 > tiff.limit()) {
            return 1;
        }
        int first = (int) list + 2;
        int count = tiff.getShort((int) list) & 0xFFFF;
        for (int entry = first; entry < first + ENTRY * count && entry + ENTRY <= tiff.limit(); entry += ENTRY) {
            if (tiff.getShort(entry) == ORIENTATION && tiff.getShort(entry + 2) == SHORT) {
                int value = tiff.getShort(entry + 8) & 0xFFFF;
                return value >= 1 && value <= 8 ? value : 1;
            }
        }
        return 1;
    }
}
