package io.vertebra.backbones.embed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Where a picture file says how it is to be turned: the EXIF block of a JPEG; a TIFF file is such a block itself. */
final class ExifBlock {
    private static final ByteBuffer HEADER =
            ByteBuffer.wrap("Exif\0\0".getBytes(StandardCharsets.US_ASCII)).asReadOnlyBuffer();
    private static final int START = 0xFFD8;
    private static final int FILLING = 0xFF;
    private static final int APP1 = 0xE1;
    private static final int SCAN = 0xDA;

    private ExifBlock() {}

    /** The block; empty where a JPEG has none, and what is neither JPEG nor TIFF is no block that can be read. */
    static ByteBuffer of(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        return file.length > 2 && (bytes.getShort(0) & 0xFFFF) == START ? ofJpeg(bytes) : bytes;
    }

    /** Goes from segment to segment up to the pixels. */
    private static ByteBuffer ofJpeg(ByteBuffer jpeg) {
        int at = 2;
        while (at + 4 <= jpeg.limit() && (jpeg.get(at) & 0xFF) == FILLING) {
            int marker = jpeg.get(at + 1) & 0xFF;
            if (marker == FILLING) {
                at++;
                continue;
            }
            int length = jpeg.getShort(at + 2) & 0xFFFF;
            int end = at + 2 + length;
            if (marker == SCAN || length < 2 || end > jpeg.limit()) {
                break;
            }
            int block = at + 4 + HEADER.limit();
            if (marker == APP1
                    && block <= end
                    && jpeg.slice(at + 4, HEADER.limit()).equals(HEADER)) {
                return jpeg.slice(block, end - block);
            }
            at = end;
        }
        return jpeg.slice(0, 0);
    }
}
