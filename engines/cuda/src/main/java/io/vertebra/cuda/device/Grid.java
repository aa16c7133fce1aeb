package io.vertebra.cuda.device;

/**
 * How many threads run a kernel.
 *
 * @param x blocks along the first axis
 * @param y blocks along the second axis, at most 65535
 * @param z blocks along the third axis, at most 65535
 * @param threads of a block, a multiple of 32, at most 1024
 */
public record Grid(int x, int y, int z, int threads) {
    /** Of a block, where nothing speaks for another number. */
    public static final int THREADS = 256;

    private static final int WARP = 32;
    private static final int LARGEST_BLOCK = 1024;
    private static final int LARGEST_AXIS = 65535;

    /** Checks what every card can run. */
    public Grid {
        boolean fits = x >= 1 && y >= 1 && z >= 1 && y <= LARGEST_AXIS && z <= LARGEST_AXIS;
        if (!fits || threads < WARP || threads > LARGEST_BLOCK || threads % WARP != 0) {
            throw new IllegalArgumentException("no card runs a grid of " + x + "x" + y + "x" + z + " times " + threads);
        }
    }

    /** A row of blocks. */
    public static Grid of(int blocks, int threads) {
        return new Grid(blocks, 1, 1, threads);
    }

    /** A thread for each of these items, which may be none. */
    public static Grid over(long items) {
        return of(blocks(items, THREADS), THREADS);
    }

    /** Blocks of a size for a number of items. */
    public static int blocks(long items, int each) {
        return Math.toIntExact(Math.max(1, (items + each - 1) / each));
    }
}
