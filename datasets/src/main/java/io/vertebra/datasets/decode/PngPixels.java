package io.vertebra.datasets.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The deflated rows of a PNG: inflates them without keeping them, to see that all are there, no more, and each begins with a filter. */
final class PngPixels {

    private static final int LAST_FILTER = 4;
    /** Adam7: first row, first column, row step, column step of the seven reduced pictures. */
    private static final int[][] ADAM7 = {
        {0, 0, 8, 8}, {0, 4, 8, 8}, {4, 0, 8, 4}, {0, 2, 4, 4}, {2, 0, 4, 2}, {0, 1, 2, 2}, {1, 0, 2, 1}
    };

    private static final int[][] WHOLE = {{0, 0, 1, 1}};

    private final Source source;
    private final int height;
    private final int width;
    private final int bits;
    private final int[][] passes;
    private final List<int[]> chunks = new ArrayList<>();

    // the row at whose beginning the next filter byte stands
    private int pass;
    private long rowsLeft;
    private long rowStart;

    PngPixels(Source source, int height, int width) {
        this.source = source;
        this.height = height;
        this.width = width;
        int depth = source.u8(24);
        int colour = source.u8(25);
        int channels = switch (colour) {
            case 0, 3 -> 1;
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> throw source.broken(25, "is a PNG of the unknown colour type " + colour);
        };
        boolean whole = depth == 8 || (depth == 16 && colour != 3);
        if (!whole && !((depth == 1 || depth == 2 || depth == 4) && (colour == 0 || colour == 3))) {
            throw source.broken(24, "is a PNG of colour type " + colour + " with the impossible bit depth " + depth);
        }
        if (source.u8(26) != 0 || source.u8(27) != 0 || source.u8(28) > 1) {
            throw source.broken(26, "is a PNG of an unknown compression, filter or interlace method");
        }
        this.bits = channels * depth;
        this.passes = source.u8(28) == 0 ? WHOLE : ADAM7;
    }

    void add(int at, int length) {
        chunks.add(new int[] {at, length});
    }

    boolean isEmpty() {
        return chunks.isEmpty();
    }

    private long rowBytes(int index) {
        long columns = steps(width, passes[index][1], passes[index][3]);
        return columns == 0 ? 0 : 1 + (columns * bits + 7) / 8;
    }

    private long rows(int index) {
        return rowBytes(index) == 0 ? 0 : steps(height, passes[index][0], passes[index][2]);
    }

    private static long steps(int side, int first, int step) {
        return side <= first ? 0 : (side - first + step - 1) / step;
    }

    void check() {
        if (chunks.isEmpty()) {
            throw source.broken("is a PNG without picture data (no IDAT chunk)");
        }
        long wanted = 0;
        for (int i = 0; i < passes.length; i++) {
            wanted += rows(i) * rowBytes(i);
        }
        pass = 0;
        rowStart = 0;
        rowsLeft = rows(0);
        Inflater inflater = new Inflater();
        try {
            inflate(inflater, wanted);
        } catch (DataFormatException e) {
            throw source.broken("is a PNG whose picture data are damaged (" + e.getMessage() + ")");
        } finally {
            inflater.end();
        }
    }

    private void inflate(Inflater inflater, long wanted) throws DataFormatException {
        byte[] part = new byte[1 << 15];
        long count = 0;
        int used = 0;
        while (used < chunks.size() && !inflater.finished()) {
            inflater.setInput(source.data(), chunks.get(used)[0], chunks.get(used)[1]);
            used++;
            int length;
            do {
                length = inflater.inflate(part);
                if (count + length > wanted) {
                    throw new DataFormatException("they go on after the last row");
                }
                checkFilters(part, count, length);
                count += length;
            } while (length > 0);
        }
        if (inflater.needsDictionary()) {
            throw new DataFormatException("they want a dictionary");
        }
        if (count < wanted || !inflater.finished()) {
            throw source.broken("is a PNG whose picture data end early: %d of %d bytes".formatted(count, wanted));
        }
        if (inflater.getRemaining() > 0 || used < chunks.size()) {
            throw new DataFormatException("they go on after their end");
        }
    }

    private void checkFilters(byte[] part, long before, int length) throws DataFormatException {
        while (rowStart < before + length) {
            while (rowsLeft == 0) {
                pass++;
                rowsLeft = rows(pass);
            }
            if ((part[(int) (rowStart - before)] & 0xFF) > LAST_FILTER) {
                throw new DataFormatException("unknown row filter");
            }
            rowStart += rowBytes(pass);
            rowsLeft--;
        }
    }
}
