package io.vertebra.datasets.decode;

import java.util.List;

/** Windows bitmaps: a file header, an information header, an optional palette, rows padded to four bytes. */
final class BmpStructure {

    private static final int BIT_FIELDS = 3;

    private BmpStructure() {}

    static Inspected inspect(Source source) {
        long start = source.u32le(10);
        long header = source.u32le(14);
        if (header < 40) {
            throw source.broken(14, "is a BMP with the old header of " + header + " bytes, which is not supported");
        }
        long width = source.u32le(18);
        int signed = (int) source.u32le(22); // negative: the rows are stored from the top
        long height = Math.abs((long) signed);
        Inspected.checkSize(source, height, width);
        int bits = source.u16le(28);
        long compression = source.u32le(30);
        if (compression != 0 && compression != BIT_FIELDS) {
            throw source.broken(30, "is a compressed BMP, which is not supported; save it as PNG");
        }
        if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
            throw source.broken(28, "is a BMP of " + bits + " bits a pixel");
        }
        long row = (width * bits + 31) / 32 * 4;
        if (start < 14 + header) {
            throw source.broken(10, "is a damaged BMP: its pixels start within its header");
        }
        if (start + row * height > source.length()) {
            throw source.broken("is truncated: its rows end at byte %d, the file at %d"
                    .formatted(start + row * height, source.length()));
        }
        return new Inspected(Inspected.Format.BMP, (int) height, (int) width, 1, List.of(), source);
    }
}
