package io.vertebra.datasets.decode;

import java.util.Arrays;

/**
 * Reads the coded picture data of a JPEG as a decoder would, but for the values: every code of every block ({@link JpegBlocks}) must be there.
 *
 * <p>Native decoders fill what is missing or damaged with gray and at most print a line. Sequential and progressive Huffman coding;
 * ITU-T T.81, annexes F and G.
 */
final class JpegScans {

    private static final int NOTHING_YET = -1;

    private final Source source;
    private final HuffmanTable[] dc = new HuffmanTable[4];
    private final HuffmanTable[] ac = new HuffmanTable[4];
    private Component[] components = {};
    private boolean progressive;
    private int mcuRows;
    private int mcuColumns;
    private int restartInterval;

    // the scan at hand
    private JpegBits bits;
    private int spectralStart;
    private int spectralEnd;
    private boolean refining;
    private JpegBlocks blocks;

    /** One colour plane; {@code nonZero} has a bit for each coefficient known so far, for progressive refinement. */
    private static final class Component {
        private int id;
        private int horizontal;
        private int vertical;
        private int rows;
        private int columns;
        private int stride;
        private long[] nonZero;
        private HuffmanTable dc;
        private HuffmanTable ac;
        /** Of each coefficient the low bits that no scan has brought yet. */
        private final int[] bitsLeft = new int[64];

        Component() {
            Arrays.fill(bitsLeft, NOTHING_YET);
        }
    }

    JpegScans(Source source) {
        this.source = source;
    }

    void restartInterval(int mcus) {
        restartInterval = mcus;
    }

    /** Reads the Huffman tables of a DHT segment. */
    void tables(int from, int length) {
        int at = from;
        int end = from + length;
        while (at < end) {
            source.need(at, 17);
            int symbols = 0;
            for (int i = 1; i <= 16; i++) {
                symbols += source.u8(at + i);
            }
            int target = source.u8(at);
            if (at + 17 + symbols > end || symbols > 256 || (target & 0xEF) > 3) {
                throw source.broken(at, "is a damaged JPEG: bad Huffman table");
            }
            HuffmanTable[] tables = target >= 16 ? ac : dc;
            tables[target & 15] = new HuffmanTable(source, at + 1, symbols);
            at += 17 + symbols;
        }
    }

    /** Takes the component list of the frame segment. */
    void frame(int at, int length, int count, int height, int width, boolean isProgressive) {
        if (length < 3 * count) {
            throw source.broken(at, "is a damaged JPEG: the frame segment is too short");
        }
        progressive = isProgressive;
        components = new Component[count];
        int highest = 1;
        int widest = 1;
        for (int i = 0; i < count; i++) {
            Component c = new Component();
            c.id = source.u8(at + 3 * i);
            c.horizontal = source.u8(at + 3 * i + 1) >> 4;
            c.vertical = source.u8(at + 3 * i + 1) & 15;
            if (c.horizontal < 1 || c.horizontal > 4 || c.vertical < 1 || c.vertical > 4) {
                throw source.broken(at, "is a damaged JPEG: bad sampling factors");
            }
            highest = Math.max(highest, c.vertical);
            widest = Math.max(widest, c.horizontal);
            components[i] = c;
        }
        mcuRows = ceil(height, 8 * highest);
        mcuColumns = ceil(width, 8 * widest);
        for (Component c : components) {
            c.rows = ceil(ceil(height * c.vertical, highest), 8);
            c.columns = ceil(ceil(width * c.horizontal, widest), 8);
            c.stride = mcuColumns * c.horizontal;
        }
    }

    private static int ceil(int value, int divisor) {
        return (value + divisor - 1) / divisor;
    }

    /**
     * Checks one scan.
     *
     * @param header the component count of the SOS segment
     * @param from the first byte of coded data
     * @return the end of the coded data
     */
    int check(int header, int from) {
        int count = source.u8(header);
        if (components.length == 0 || count < 1 || count > components.length || from < header + 4 + 2 * count) {
            throw source.broken(header, "is a damaged JPEG: bad scan header");
        }
        int last = header + 1 + 2 * count;
        spectralStart = source.u8(last);
        spectralEnd = source.u8(last + 1);
        int before = source.u8(last + 2) >> 4;
        int after = source.u8(last + 2) & 15;
        refining = before != 0;
        boolean possible = progressive
                ? spectralStart <= spectralEnd
                        && spectralEnd < 64
                        && (spectralStart > 0 ? count == 1 : spectralEnd == 0)
                        && (before == 0 || after == before - 1)
                : spectralStart == 0 && spectralEnd == 63 && before == 0 && after == 0;
        if (!possible) {
            throw source.broken(header, "is a damaged JPEG: bad scan header");
        }
        Component[] inScan = new Component[count];
        for (int i = 0; i < count; i++) {
            inScan[i] = component(header, source.u8(header + 1 + 2 * i), source.u8(header + 2 + 2 * i));
            progress(header, inScan[i], before, after);
        }
        bits = new JpegBits(source, from);
        blocks = new JpegBlocks(source, bits, spectralStart, spectralEnd, refining);
        if (count == 1) {
            singleScan(inScan[0]);
        } else {
            interleavedScan(inScan);
        }
        return bits.position();
    }

    private Component component(int header, int id, int tables) {
        Component found = Arrays.stream(components)
                .filter(c -> c.id == id)
                .findFirst()
                .orElseThrow(() -> source.broken(header, "is a damaged JPEG: a scan of the unknown component " + id));
        found.dc = dc[(tables >> 4) & 3];
        found.ac = ac[tables & 3];
        boolean needsDc = spectralStart == 0 && !refining;
        boolean needsAc = spectralEnd > 0 && !(progressive && spectralStart == 0);
        if ((needsDc && found.dc == null) || (needsAc && found.ac == null)) {
            throw source.broken(header, "is a damaged JPEG: a scan without its Huffman table");
        }
        if (progressive && found.nonZero == null) {
            found.nonZero = new long[Math.multiplyExact(found.stride, mcuRows * found.vertical)];
        }
        return found;
    }

    /** Requires that the scan goes on with the bits of its coefficients where the last one left off, the mean value first. */
    private void progress(int header, Component c, int before, int after) {
        for (int k = spectralStart; k <= spectralEnd; k++) {
            if (c.bitsLeft[k] != (refining ? before : NOTHING_YET)
                    || (k > 0 && progressive && c.bitsLeft[0] == NOTHING_YET)) {
                throw source.broken(header, "is a damaged JPEG: its scans are out of order");
            }
            c.bitsLeft[k] = after;
        }
    }

    private void singleScan(Component c) {
        int done = 0;
        for (int row = 0; row < c.rows; row++) {
            for (int column = 0; column < c.columns; column++, done++) {
                restartAfter(done);
                block(c, row * c.stride + column);
            }
            checkRun();
        }
    }

    private void interleavedScan(Component... inScan) {
        for (int row = 0; row < mcuRows; row++) {
            for (int column = 0; column < mcuColumns; column++) {
                restartAfter(row * mcuColumns + column);
                for (Component c : inScan) {
                    for (int v = 0; v < c.vertical; v++) {
                        for (int h = 0; h < c.horizontal; h++) {
                            block(c, (row * c.vertical + v) * c.stride + column * c.horizontal + h);
                        }
                    }
                }
            }
            checkRun();
        }
    }

    private void restartAfter(int done) {
        if (restartInterval > 0 && done > 0 && done % restartInterval == 0) {
            checkRun();
            bits.restart((done / restartInterval - 1) & 7);
            blocks.restart();
        }
    }

    private void checkRun() {
        if (bits.overrun()) {
            throw bits.ended();
        }
    }

    private void block(Component c, int index) {
        if (progressive) {
            c.nonZero[index] = blocks.progressive(c.dc, c.ac, c.nonZero[index]);
        } else {
            blocks.sequential(c.dc, c.ac);
        }
    }

    /** Requires that every component was coded. */
    void checkComplete() {
        if (components.length == 0) {
            throw source.broken("is a JPEG without a frame");
        }
        for (Component c : components) {
            if (c.bitsLeft[0] == NOTHING_YET) {
                throw source.broken("is a JPEG without picture data for component " + c.id);
            }
        }
    }
}
