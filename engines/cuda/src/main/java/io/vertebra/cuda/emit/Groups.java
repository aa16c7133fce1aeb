package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;

/**
 * How warps share out rows of channels for norms over them: groups of neighbouring lanes have some rows each.
 *
 * @param type of the rows
 * @param rows of all pictures
 * @param channels of a row
 * @param each rows of a group
 */
record Groups(Type type, long rows, int channels, int each) {
    private static final int WARP = 32;

    /** Lanes of a group: a power of two, and no more than there is work for. */
    int lanes() {
        int slots = isPacked() ? channels / Tiles.elements(type) : channels;
        int lanes = 1;
        while (lanes < slots && lanes < WARP) {
            lanes *= 2;
        }
        return lanes;
    }

    private boolean isPacked() {
        return Tiles.arePacked(type, channels);
    }

    /** One of two functions: {@code function} for single channels and {@code function_packed}. */
    Kernel kernel(String file, String function) {
        Grid grid = Grid.of(Grid.blocks(rows, Grid.THREADS / lanes() * each), Grid.THREADS);
        return new Kernel(file, isPacked() ? function + "_packed" : function, type, grid);
    }
}
