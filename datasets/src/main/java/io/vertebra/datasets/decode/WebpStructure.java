package io.vertebra.datasets.decode;

import java.util.ArrayList;
import java.util.List;

/** WebP: RIFF chunks; VP8 (lossy), VP8L (lossless) or VP8X (extended) comes first and tells the size. RFC 9649. */
final class WebpStructure {

    private static final int HEADER = 12;
    private static final int ANIMATED = 2;

    private WebpStructure() {}

    static Inspected inspect(Source source) {
        long end = source.u32le(4) + 8;
        source.need(0, end);
        long width;
        long height;
        if (source.has(HEADER, "VP8 ")) {
            width = source.u16le(HEADER + 14) & 0x3FFF;
            height = source.u16le(HEADER + 16) & 0x3FFF;
        } else if (source.has(HEADER, "VP8L")) {
            long bits = source.u32le(HEADER + 9);
            width = (bits & 0x3FFF) + 1;
            height = ((bits >> 14) & 0x3FFF) + 1;
        } else if (source.has(HEADER, "VP8X")) {
            width = (source.u32le(HEADER + 12) & 0xFFFFFF) + 1;
            height = (source.u32le(HEADER + 14) >> 8) + 1;
        } else {
            throw source.broken(HEADER, "is a WebP file whose first chunk is not a picture");
        }
        Inspected.checkSize(source, height, width);
        List<String> notes = new ArrayList<>();
        if (source.has(HEADER, "VP8X") && (source.u8(HEADER + 8) & ANIMATED) != 0) {
            throw source.broken("is an animated WebP, which is not supported; save its first frame");
        }
        int orientation = 1;
        int at = HEADER;
        while (at + 8L <= end) {
            long length = source.u32le(at + 4);
            source.need(at, 8 + length);
            if (source.has(at, "EXIF")) {
                int skip = source.has(at + 8, "Exif\0\0") ? 6 : 0;
                Exif.Result exif = Exif.read(source, at + 8 + skip, (int) length - skip);
                orientation = exif.orientation();
                exif.note().ifPresent(notes::add);
            }
            at = Math.toIntExact(at + 8 + length + (length & 1));
        }
        return new Inspected(Inspected.Format.WEBP, (int) height, (int) width, orientation, notes, source);
    }
}
