package io.vertebra.datasets.decode;

import io.vertebra.images.Exif;
import java.util.ArrayList;
import java.util.List;

/** TIFF: a list of tagged entries of 12 bytes; the first list is the first page. TIFF 6.0, section 2. */
final class TiffStructure {

    private static final int WIDTH = 256;
    private static final int HEIGHT = 257;
    private static final int SHORT = 3;

    private TiffStructure() {}

    static Inspected inspect(Source source) {
        boolean little = source.has(0, "II");
        long list = u32(source, 4, little);
        source.need(0, list + 2);
        int at = (int) list;
        int count = u16(source, at, little);
        source.need(at + 2, 12L * count);
        long width = 0;
        long height = 0;
        for (int i = 0; i < count; i++) {
            int entry = at + 2 + 12 * i;
            int tag = u16(source, entry, little);
            long value = u16(source, entry + 2, little) == SHORT
                    ? u16(source, entry + 8, little)
                    : u32(source, entry + 8, little);
            if (tag == WIDTH) {
                width = value;
            } else if (tag == HEIGHT) {
                height = value;
            }
        }
        Inspected.checkSize(source, height, width);
        List<String> notes = new ArrayList<>();
        Exif exif = Exif.read(source.bytes(0, source.length()));
        exif.note().ifPresent(notes::add);
        return new Inspected(Inspected.Format.TIFF, (int) height, (int) width, exif.orientation(), notes, source);
    }

    private static int u16(Source source, int at, boolean little) {
        return little ? source.u16le(at) : source.u16be(at);
    }

    private static long u32(Source source, int at, boolean little) {
        return little ? source.u32le(at) : source.u32be(at);
    }
}
