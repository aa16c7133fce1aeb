package io.vertebra.datasets.decode;

import io.vertebra.datasets.DatasetException;
import io.vertebra.images.Exif;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * JPEG: segments that start with FF and a code, and coded picture data after each SOS segment. ITU-T T.81, annex B.
 *
 * <p>Handed on is what decoding needs: JFIF and Adobe segments (they tell the colour space), tables, frame and scans, cut after the end
 * marker; comments, thumbnails, EXIF and profiles stay behind.
 */
final class JpegStructure {

    private static final int SOF0 = 0xC0;
    private static final int SOF1 = 0xC1;
    private static final int SOF2 = 0xC2;
    private static final int DHT = 0xC4;
    private static final int SOF15 = 0xCF;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int DRI = 0xDD;
    private static final int APP0 = 0xE0;
    private static final int APP1 = 0xE1;
    private static final int APP14 = 0xEE;

    /** The least that says "this is JFIF, colours are YCbCr"; libjpeg prints a line about versions that it does not know. */
    private static final byte[] JFIF = {-1, (byte) APP0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0};

    private final Source source;
    private final ByteArrayOutputStream pixels;
    private final List<String> notes = new ArrayList<>();
    private final JpegScans scans;
    private int orientation = 1;
    private int height;
    private int width;

    private JpegStructure(Source source) {
        this.source = source;
        this.pixels = new ByteArrayOutputStream(source.length());
        this.scans = new JpegScans(source);
    }

    static Inspected inspect(Source source) {
        return new JpegStructure(source).walk();
    }

    private Inspected walk() {
        pixels.write(source.data(), 0, 2);
        int at = 2;
        while (true) {
            at = marker(at);
            int code = source.u8(at + 1);
            if (code == EOI) {
                break;
            }
            int length = source.u16be(at + 2);
            if (length < 2) {
                throw source.broken(at, "is a JPEG with a segment of length " + length);
            }
            source.need(at, length + 2L);
            segment(code, at, length);
            int end = at + 2 + length;
            if (code == SOS) {
                int dataEnd = scans.check(at + 4, end);
                pixels.write(source.data(), end, dataEnd - end);
                end = scanEnd(dataEnd);
            }
            at = end;
        }
        scans.checkComplete();
        pixels.write(0xFF);
        pixels.write(EOI);
        return new Inspected(
                Inspected.Format.JPEG, height, width, orientation, notes, new Source("", pixels.toByteArray()));
    }

    /** The place of the next marker, which stands at {@code from} but for fill bytes. */
    private int marker(int from) {
        int at = from;
        if (at >= source.length()) {
            throw truncated();
        }
        if (source.u8(at) != 0xFF) {
            throw source.broken(at, "is a damaged JPEG: a marker is expected here");
        }
        while (at + 1 < source.length() && source.u8(at + 1) == 0xFF) {
            at++;
        }
        if (at + 1 >= source.length()) {
            throw truncated();
        }
        return at;
    }

    /** The place of the marker that ends a scan; what lies before it beyond the coded data is of no use and left out. */
    private int scanEnd(int from) {
        for (int at = from; at + 1 < source.length(); at++) {
            if (source.u8(at) == 0xFF && source.u8(at + 1) != 0 && source.u8(at + 1) != 0xFF) {
                return at;
            }
        }
        throw truncated();
    }

    private void segment(int code, int at, int length) {
        if (code == SOF0 || code == SOF1 || code == SOF2) {
            frame(code, at, length);
        } else if (code == DHT) {
            scans.tables(at + 4, length - 2);
        } else if (code == DRI) {
            scans.restartInterval(source.u16be(at + 4));
        } else if (code > SOF2 && code <= SOF15 && code != 0xC8) {
            throw source.broken(
                    at, "is a JPEG with lossless, hierarchical or arithmetic coding, which is not supported");
        } else if (code == APP1 && source.has(at + 4, "Exif\0\0") && length >= 8) {
            Exif exif = Exif.read(source.bytes(at + 10, length - 8));
            orientation = exif.orientation();
            exif.note().ifPresent(notes::add);
        }
        if (code == APP0 && source.has(at + 4, "JFIF\0")) {
            pixels.writeBytes(JFIF);
        } else if (code < APP0 || code == APP14) {
            pixels.write(source.data(), at, length + 2);
        }
    }

    private void frame(int code, int at, int length) {
        if (height != 0) {
            throw source.broken(at, "is a JPEG with two frames");
        }
        int precision = source.u8(at + 4);
        if (precision != 8) {
            throw source.broken(at, "is a JPEG of " + precision + " bits a sample; 8 are supported");
        }
        height = source.u16be(at + 5);
        width = source.u16be(at + 7);
        Inspected.checkSize(source, height, width);
        int components = source.u8(at + 9);
        if (components != 1 && components != 3 && components != 4) {
            throw source.broken(at, "is a JPEG of " + components + " components; gray, RGB and CMYK are supported");
        }
        if (components == 4) {
            notes.add("is a CMYK picture, which is converted to RGB without its colour profile");
        }
        scans.frame(at + 10, length - 8, components, height, width, code == SOF2);
    }

    private DatasetException truncated() {
        return source.broken(
                "is a truncated JPEG: ends after %d bytes without an end marker".formatted(source.length()));
    }
}
