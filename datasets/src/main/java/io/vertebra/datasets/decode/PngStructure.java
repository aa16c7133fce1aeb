package io.vertebra.datasets.decode;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * PNG: a signature, then chunks of length, type, data and CRC. ISO/IEC 15948.
 *
 * <p>Only the chunks that carry pixels (IHDR, PLTE, IDAT, IEND) are handed on: colour profiles, gamma, transparency and animation would only
 * make a decoder warn or compose, and the picture is wanted as stored.
 */
final class PngStructure {

    private static final int SIGNATURE = 8;
    private static final int FRAME = 12; // length, type and CRC of a chunk

    private PngStructure() {}

    static Inspected inspect(Source source) {
        if (!source.has(12, "IHDR") || source.u32be(8) != 13) {
            throw source.broken(8, "is a PNG whose first chunk is not IHDR");
        }
        long width = source.u32be(16);
        long height = source.u32be(20);
        Inspected.checkSize(source, height, width);
        int orientation = 1;
        List<String> notes = new ArrayList<>();
        ByteArrayOutputStream pixels = new ByteArrayOutputStream(source.length());
        pixels.write(source.data(), 0, SIGNATURE);
        Inflated inflated = new Inflated(source);
        boolean ended = false;
        int at = SIGNATURE;
        while (!ended) {
            long length = source.u32be(at);
            if (length > Integer.MAX_VALUE - FRAME) {
                throw source.broken(at, "is a PNG with a chunk of " + length + " bytes");
            }
            source.need(at, length + FRAME);
            String type = source.text(at + 4, 4);
            int size = (int) length;
            if (isPixels(type)) {
                checkCrc(source, at, size, type);
                pixels.write(source.data(), at, size + FRAME);
            }
            if (type.equals("IDAT")) {
                inflated.add(at + 8, size);
            } else if (type.equals("eXIf")) {
                Exif.Result exif = Exif.read(source, at + 8, size);
                orientation = exif.orientation();
                exif.note().ifPresent(notes::add);
            } else if (type.equals("acTL")) {
                notes.add("is an animated PNG, of which the default picture is used");
            }
            ended = type.equals("IEND");
            at += size + FRAME;
        }
        inflated.checkHolds(bytes(source, width, height));
        Source clean = new Source("", pixels.toByteArray());
        return new Inspected(Inspected.Format.PNG, (int) height, (int) width, orientation, notes, clean);
    }

    private static boolean isPixels(String type) {
        return type.equals("IHDR") || type.equals("PLTE") || type.equals("IDAT") || type.equals("IEND");
    }

    private static void checkCrc(Source source, int at, int size, String type) {
        CRC32 crc = new CRC32();
        crc.update(source.data(), at + 4, size + 4);
        if (crc.getValue() != source.u32be(at + 8 + size)) {
            throw source.broken(at, "is a PNG whose chunk " + type + " has a wrong CRC: the file is damaged");
        }
    }

    /** How many bytes the rows take with their filter bytes, in one pass or in the seven of Adam7. */
    private static long bytes(Source source, long width, long height) {
        int depth = source.u8(24);
        int channels = switch (source.u8(25)) {
            case 0, 3 -> 1;
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> throw source.broken(25, "is a PNG of the unknown colour type " + source.u8(25));
        };
        if (depth != 1 && depth != 2 && depth != 4 && depth != 8 && depth != 16) {
            throw source.broken(24, "is a PNG of the unknown bit depth " + depth);
        }
        long bits = (long) channels * depth;
        if (source.u8(28) == 0) {
            return height * (1 + (width * bits + 7) / 8);
        }
        int[][] passes = {
            {0, 0, 8, 8}, {0, 4, 8, 8}, {4, 0, 8, 4}, {0, 2, 4, 4}, {2, 0, 4, 2}, {0, 1, 2, 2}, {1, 0, 2, 1}
        };
        long sum = 0;
        for (int[] pass : passes) { // first row, first column, row step, column step
            long rows = (height - pass[0] + pass[2] - 1) / pass[2];
            long columns = (width - pass[1] + pass[3] - 1) / pass[3];
            sum += columns == 0 ? 0 : rows * (1 + (columns * bits + 7) / 8);
        }
        return sum;
    }

    /** Counts what the IDAT chunks inflate to, without keeping it. */
    private static final class Inflated {

        private final Source source;
        private final List<int[]> chunks = new ArrayList<>();

        Inflated(Source source) {
            this.source = source;
        }

        void add(int at, int length) {
            chunks.add(new int[] {at, length});
        }

        void checkHolds(long wanted) {
            if (chunks.isEmpty()) {
                throw source.broken("is a PNG without picture data (no IDAT chunk)");
            }
            Inflater inflater = new Inflater();
            byte[] sink = new byte[1 << 15];
            try {
                long count = 0;
                for (int[] chunk : chunks) {
                    inflater.setInput(source.data(), chunk[0], chunk[1]);
                    while (!inflater.needsInput() && !inflater.finished() && count < wanted) {
                        count += inflater.inflate(sink);
                        if (inflater.needsDictionary()) {
                            throw new DataFormatException("it wants a dictionary");
                        }
                    }
                }
                if (count < wanted) {
                    throw source.broken(
                            "is a PNG whose picture data end early: %d of %d bytes".formatted(count, wanted));
                }
            } catch (DataFormatException e) {
                throw source.broken("is a PNG whose picture data are damaged (" + e.getMessage() + ")");
            } finally {
                inflater.end();
            }
        }
    }
}
