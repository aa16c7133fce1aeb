package io.vertebra.datasets.decode;

import io.vertebra.images.Exif;
import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.List;

/** WebP: RIFF chunks. VP8 (lossy) or VP8L (lossless) is the picture; VP8X, if it comes first, tells the size and that more follows. RFC 9649. */
final class WebpStructure {

    private static final int HEADER = 12;
    private static final int ANIMATED = 2;

    private WebpStructure() {}

    static Inspected inspect(Source source) {
        long end = source.u32le(4) + 8;
        source.need(0, end);
        boolean extended = source.has(HEADER, "VP8X");
        if (extended && (source.u8(HEADER + 8) & ANIMATED) != 0) {
            throw source.broken("is an animated WebP, which is not supported; save its first frame");
        }
        List<String> notes = new ArrayList<>();
        Size size = null;
        int orientation = 1;
        int at = HEADER;
        while (at + 8L <= end) {
            long length = source.u32le(at + 4);
            source.need(at, 8 + length);
            if (size == null && (source.has(at, "VP8 ") || source.has(at, "VP8L"))) {
                size = pictureSize(source, at);
            } else if (source.has(at, "EXIF")) {
                int skip = length >= 6 && source.has(at + 8, "Exif\0\0") ? 6 : 0;
                Exif exif = Exif.read(source.bytes(at + 8 + skip, (int) length - skip));
                orientation = exif.orientation();
                exif.note().ifPresent(notes::add);
            }
            at = Math.toIntExact(at + 8 + length + (length & 1));
        }
        if (size == null) {
            throw source.broken(HEADER, "is a WebP file without a picture");
        }
        if (extended && !size.equals(canvasSize(source))) {
            throw source.broken(HEADER, "is a damaged WebP: its picture has another size than its canvas");
        }
        return new Inspected(Inspected.Format.WEBP, size.height(), size.width(), orientation, notes, source);
    }

    private static Size canvasSize(Source source) {
        long width = (source.u32le(HEADER + 12) & 0xFFFFFF) + 1;
        long height = (source.u32le(HEADER + 14) >> 8) + 1;
        Inspected.checkSize(source, height, width);
        return new Size((int) height, (int) width);
    }

    private static Size pictureSize(Source source, int chunk) {
        int at = chunk + 8;
        long width;
        long height;
        if (source.has(chunk, "VP8L")) {
            long bits = source.u32le(at + 1);
            if (source.u8(at) != 0x2F || (bits >> 29) != 0) {
                throw source.broken(at, "is a damaged WebP: bad lossless header");
            }
            width = (bits & 0x3FFF) + 1;
            height = ((bits >> 14) & 0x3FFF) + 1;
        } else {
            if ((source.u8(at) & 1) != 0 || !source.has(at + 3, "\u009D\u0001*")) {
                throw source.broken(at, "is a damaged WebP: bad lossy header");
            }
            width = source.u16le(at + 6) & 0x3FFF;
            height = source.u16le(at + 8) & 0x3FFF;
        }
        Inspected.checkSize(source, height, width);
        return new Size((int) height, (int) width);
    }
}
