package io.vertebra.images;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * What an EXIF block says of its picture. The block is a small TIFF file: a header and a list of entries of 12 bytes (EXIF 2.32).
 *
 * @param orientation 1 to 8, as {@link Raster#upright} takes it (tag 274); 1, upright, where nothing is said
 * @param note why the block was ignored, if it was
 */
public record Exif(int orientation, Optional<String> note) {

    private static final int LITTLE = 0x4949;
    private static final int BIG = 0x4D4D;
    private static final int MAGIC = 42;
    private static final int HEADER = 8;
    private static final int ENTRY = 12;
    private static final int ORIENTATION = 274;
    private static final int SHORT = 3;

    /**
     * Reads all that remains of a buffer, and leaves it as it is. Only the first list is read and nothing is followed, so nothing loops; a
     * broken block is ignored with a note.
     */
    public static Exif read(ByteBuffer block) {
        ByteBuffer tiff = block.slice();
        if (tiff.limit() < HEADER) {
            return ignored("is cut short or has no TIFF header");
        }
        int order = tiff.getShort(0);
        tiff.order(order == LITTLE ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        if ((order != LITTLE && order != BIG) || tiff.getShort(2) != MAGIC) {
            return ignored("is cut short or has no TIFF header");
        }
        long list = tiff.getInt(4) & 0xFFFFFFFFL;
        if (list < HEADER || list + 2 > tiff.limit()) {
            return ignored("points outside itself");
        }
        int first = (int) list + 2;
        int count = tiff.getShort((int) list) & 0xFFFF;
        if (first + (long) ENTRY * count > tiff.limit()) {
            return ignored("claims " + count + " entries and is too short for them");
        }
        for (int entry = first; entry < first + ENTRY * count; entry += ENTRY) {
            if (tiff.getShort(entry) == ORIENTATION && tiff.getShort(entry + 2) == SHORT) {
                int value = tiff.getShort(entry + 8) & 0xFFFF;
                return value >= 1 && value <= 8
                        ? new Exif(value, Optional.empty())
                        : ignored("has the unknown orientation " + value);
            }
        }
        return new Exif(1, Optional.empty());
    }

    private static Exif ignored(String reason) {
        return new Exif(1, Optional.of("EXIF block " + reason + " and is ignored"));
    }
}
