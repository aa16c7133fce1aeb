package io.vertebra.datasets.decode;

import io.vertebra.images.Exif;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * PNG: a signature, then chunks of length, type, data and CRC. ISO/IEC 15948.
 *
 * <p>Only the chunks that carry pixels (IHDR, PLTE where it is used, IDAT, IEND) are handed on: colour profiles, gamma, transparency and
 * animation would only make a decoder warn or compose, and the picture is wanted as stored.
 */
final class PngStructure {

    private static final int SIGNATURE = 8;
    private static final int FRAME = 12; // length, type and CRC of a chunk
    private static final int PALETTE = 3;
    private static final byte[] END = {0, 0, 0, 0, 'I', 'E', 'N', 'D', (byte) 0xAE, 0x42, 0x60, (byte) 0x82};

    private final Source source;
    private final ByteArrayOutputStream pixels;
    private final List<String> notes = new ArrayList<>();
    private int orientation = 1;

    private PngStructure(Source source) {
        this.source = source;
        this.pixels = new ByteArrayOutputStream(source.length());
    }

    static Inspected inspect(Source source) {
        return new PngStructure(source).walk();
    }

    private Inspected walk() {
        if (!source.has(12, "IHDR") || source.u32be(8) != 13) {
            throw source.broken(8, "is a PNG whose first chunk is not IHDR");
        }
        long width = source.u32be(16);
        long height = source.u32be(20);
        Inspected.checkSize(source, height, width);
        PngPixels data = new PngPixels(source, (int) height, (int) width);
        pixels.write(source.data(), 0, SIGNATURE);
        boolean palette = false;
        int at = SIGNATURE;
        while (!source.has(at + 4, "IEND")) {
            long length = source.u32be(at);
            if (length > Integer.MAX_VALUE - FRAME) {
                throw source.broken(at, "is a PNG with a chunk of " + length + " bytes");
            }
            source.need(at, length + FRAME);
            int size = (int) length;
            switch (source.text(at + 4, 4)) {
                case "IHDR" -> {
                    if (at != SIGNATURE) {
                        throw source.broken(at, "is a damaged PNG: it has two headers");
                    }
                    keep(at, size);
                }
                case "PLTE" -> {
                    if (source.u8(25) == PALETTE) {
                        if (palette || !data.isEmpty() || size == 0 || size > 768 || size % 3 != 0) {
                            throw source.broken(at, "is a damaged PNG: bad palette");
                        }
                        palette = true;
                        keep(at, size);
                    }
                }
                case "IDAT" -> {
                    if (source.u8(25) == PALETTE && !palette) {
                        throw source.broken(at, "is a damaged PNG: the palette is missing");
                    }
                    data.add(at + 8, size);
                    keep(at, size);
                }
                case "eXIf" -> {
                    Exif exif = Exif.read(source.bytes(at + 8, size));
                    orientation = exif.orientation();
                    exif.note().ifPresent(notes::add);
                }
                case "acTL" -> notes.add("is an animated PNG, of which the default picture is used");
                default -> {} // no pixels
            }
            at += size + FRAME;
        }
        source.need(at, FRAME);
        data.check();
        pixels.writeBytes(END);
        return new Inspected(
                Inspected.Format.PNG,
                (int) height,
                (int) width,
                orientation,
                notes,
                new Source("", pixels.toByteArray()));
    }

    private void keep(int at, int size) {
        CRC32 crc = new CRC32();
        crc.update(source.data(), at + 4, size + 4);
        if (crc.getValue() != source.u32be(at + 8 + size)) {
            throw source.broken(
                    at, "is a PNG whose chunk " + source.text(at + 4, 4) + " has a wrong CRC: the file is damaged");
        }
        pixels.write(source.data(), at, size + FRAME);
    }
}
