package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;

/**
 * How groups of lanes share out rows of channels for norms over them: {@code Walk} of {@code rows.cuh}.
 *
 * @param type of the rows
 * @param rows of all pictures
 * @param channels of a row
 * @param each packs of a lane, or single channels
 * @param lanes of a group: a power of two, at most a block
 */
record Groups(Type type, long rows, int channels, int each, int lanes) {
    /** Two for each of 132 processors, the same for every card, so that sums have one order. */
    private static final int BLOCKS = 264;
    /** Of a lane, where channels fill no packs. */
    private static final int SINGLES = 4;

    /** Of the numbers of packs that a lane may have that which leaves the fewest of them without work. */
    static Groups of(Type type, long rows, int channels, int... packs) {
        if (!Tiles.arePacked(type, channels)) {
            return new Groups(type, rows, channels, SINGLES, lanes(channels, SINGLES));
        }
        int slots = channels / Tiles.elements(type);
        int best = packs[0];
        for (int each : packs) {
            if (each * lanes(slots, each) < best * lanes(slots, best)) {
                best = each;
            }
        }
        return new Groups(type, rows, channels, best, lanes(slots, best));
    }

    private static int lanes(int slots, int each) {
        int lanes = 1;
        while (lanes * each < slots && lanes < Grid.THREADS) {
            lanes *= 2;
        }
        return lanes;
    }

    /** As many as there are rows for. */
    int blocks() {
        return Math.min(Grid.blocks(rows, Grid.THREADS / lanes), BLOCKS);
    }

    /** One of several functions: {@code function} for single channels, {@code function_packed_2} for two packs a lane. */
    Kernel kernel(String file, String function) {
        boolean packed = Tiles.arePacked(type, channels);
        return new Kernel(
                file, packed ? function + "_packed_" + each : function, type, Grid.of(blocks(), Grid.THREADS));
    }

    /** Memory for sums of each channel over the rows of each block: (blocks, sets, channels). */
    Operand partials(int sets, Lowering l) {
        return l.temporary(Type.F32, (long) blocks() * sets * channels);
    }
}
