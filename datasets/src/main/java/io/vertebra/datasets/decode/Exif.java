package io.vertebra.datasets.decode;

import java.util.Optional;

/** The orientation in an EXIF block, which is a small TIFF file: a header and a list of entries of 12 bytes. */
final class Exif {

    private static final int ORIENTATION = 0x0112;
    private static final int SHORT = 3;

    /** 1 to 8, 1 for upright; and why the block was ignored, if it was. */
    record Result(int orientation, Optional<String> note) {}

    private Exif() {}

    /**
     * Reads the block at {@code from}, {@code length} bytes long. Only the first list is read and nothing is followed, so nothing loops;
     * a broken block is ignored with a note.
     */
    static Result read(Source source, int from, int length) {
        boolean little = source.has(from, "II*\0");
        if (length < 8 || (!little && !source.has(from, "MM\0*"))) {
            return ignored("is cut short or has no TIFF header");
        }
        long list = u32(source, from + 4, little);
        if (list < 8 || list + 2 > length) {
            return ignored("points outside itself");
        }
        int at = from + (int) list;
        int count = u16(source, at, little);
        if (list + 2 + 12L * count > length) {
            return ignored("claims " + count + " entries and is too short for them");
        }
        for (int i = 0; i < count; i++) {
            int entry = at + 2 + 12 * i;
            if (u16(source, entry, little) == ORIENTATION && u16(source, entry + 2, little) == SHORT) {
                int value = u16(source, entry + 8, little);
                return value >= 1 && value <= 8
                        ? new Result(value, Optional.empty())
                        : ignored("has the unknown orientation " + value);
            }
        }
        return new Result(1, Optional.empty());
    }

    private static Result ignored(String reason) {
        return new Result(1, Optional.of("EXIF block " + reason + " and is ignored"));
    }

    private static int u16(Source source, int at, boolean little) {
        return little ? source.u16le(at) : source.u16be(at);
    }

    private static long u32(Source source, int at, boolean little) {
        return little ? source.u32le(at) : source.u32be(at);
    }
}
