package io.vertebra.datasets.decode;

/**
 * The blocks of one scan of a JPEG, whose codes are read one by one; of their values only which are not zero is kept, for a code that
 * refines a picture says nothing else.
 *
 * <p>ITU-T T.81, annexes F (sequential) and G (progressive).
 */
final class JpegBlocks {

    private final Source source;
    private final JpegBits bits;
    private final int spectralStart;
    private final int spectralEnd;
    private final boolean refining;
    /** How many blocks to come have no code of their own. */
    private int endOfBandRun;

    JpegBlocks(Source source, JpegBits bits, int spectralStart, int spectralEnd, boolean refining) {
        this.source = source;
        this.bits = bits;
        this.spectralStart = spectralStart;
        this.spectralEnd = spectralEnd;
        this.refining = refining;
    }

    /** Forgets what was said of blocks to come. */
    void restart() {
        endOfBandRun = 0;
    }

    /** A block of a sequential JPEG, of which a scan has all coefficients. */
    void sequential(HuffmanTable dc, HuffmanTable ac) {
        bits.take(bits.symbol(dc) & 15);
        sequentialAc(ac);
    }

    /**
     * A block of a progressive JPEG.
     *
     * @param nonZero a bit for each coefficient that earlier scans have found
     * @return the same with those of this scan
     */
    long progressive(HuffmanTable dc, HuffmanTable ac, long nonZero) {
        if (spectralStart == 0) {
            bits.take(refining ? 1 : bits.symbol(dc) & 15);
            return nonZero;
        }
        return refining ? refineAc(ac, nonZero) : nonZero | firstAc(ac);
    }

    private void sequentialAc(HuffmanTable table) {
        int k = 1;
        while (k < 64) {
            int symbol = bits.symbol(table);
            int size = symbol & 15;
            int run = symbol >> 4;
            if (size == 0 && run < 15) {
                return;
            }
            k += run + 1;
            if (size > 0) {
                checkPlace(k - 1);
                bits.take(size);
            }
        }
    }

    private long firstAc(HuffmanTable table) {
        if (endOfBandRun > 0) {
            endOfBandRun--;
            return 0;
        }
        long found = 0;
        int k = spectralStart;
        while (k <= spectralEnd) {
            int symbol = bits.symbol(table);
            int size = symbol & 15;
            int run = symbol >> 4;
            if (size == 0 && run < 15) {
                endOfBandRun = (1 << run) - 1 + bits.take(run);
                return found;
            }
            k += run;
            if (size > 0) {
                checkPlace(k);
                found |= 1L << k;
                bits.take(size);
            }
            k++;
        }
        return found;
    }

    private long refineAc(HuffmanTable table, long before) {
        long found = before;
        int k = spectralStart;
        while (endOfBandRun == 0 && k <= spectralEnd) {
            int symbol = bits.symbol(table);
            int size = symbol & 15;
            int run = symbol >> 4;
            if (size == 0 && run < 15) {
                endOfBandRun = (1 << run) + bits.take(run);
                break;
            }
            if (size > 1) {
                throw source.broken(bits.position(), "is a damaged JPEG: the picture data hold an unknown code");
            }
            bits.take(size); // the sign of the new coefficient
            while (k <= spectralEnd) {
                if (((before >>> k) & 1) != 0) {
                    bits.take(1);
                } else if (--run < 0) {
                    break;
                }
                k++;
            }
            if (size > 0) {
                checkPlace(k);
                found |= 1L << k;
            }
            k++;
        }
        if (endOfBandRun > 0) {
            for (; k <= spectralEnd; k++) {
                bits.take((int) ((before >>> k) & 1));
            }
            endOfBandRun--;
        }
        return found;
    }

    private void checkPlace(int k) {
        if (k > spectralEnd) {
            throw source.broken(bits.position(), "is a damaged JPEG: a run of zeros leaves its block");
        }
    }
}
