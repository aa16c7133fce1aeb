package io.vertebra.onednn.kernel;

/**
 * The planes of a tensor (N, C, H, W): all cells of one run of channels of one picture, which lie together in every order.
 * They are worked on in chunks that the nearest cache holds.
 */
final class Planes {
    private static final int CHUNK = 4096;

    private final Grid grid;
    private final int cells;
    private final int chunk;

    Planes(Grid grid) {
        this.grid = grid;
        this.cells = Math.multiplyExact(grid.h(), grid.w());
        this.chunk = Math.max(1, Math.min(cells, CHUNK / grid.run()));
    }

    /** Cells of a plane. */
    int cells() {
        return cells;
    }

    /** Channels of a plane, those that pad a block included. */
    int run() {
        return grid.run();
    }

    /** Channels of an image, those that pad a block included. */
    int channels() {
        return (grid.c() + run() - 1) / run() * run();
    }

    /** Cells of a chunk; the last one of a plane may have fewer. */
    int chunk() {
        return chunk;
    }

    /** Where a chunk lies that begins at a cell of the plane of a channel, the first of its run. */
    int at(int image, int channel, int cell) {
        return grid.row(image, channel, 0) + cell * run();
    }

    /** The cells of the chunk that begins at a cell. */
    int count(int cell) {
        return Math.min(chunk, cells - cell);
    }

    /** Planes of an image. */
    int runs() {
        return channels() / run();
    }

    /** Floats of a chunk. */
    int length() {
        return chunk * run();
    }
}
