package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Kernels over cells and their channels: in packs of sixteen bytes, by the function named {@code _packed}, where the channels
 * are a multiple of a pack, else one by one.
 *
 * @param file of the kernels
 * @param type of the values
 * @param channels of a cell
 * @param size channels that a thread takes at once
 */
record Packs(String file, Type type, int channels, int size) {
    /** Neighbours that a block has at most: what a warp reads at once. */
    private static final int WIDEST = 32;
    /** What a line of a block reads at least, where it has blocks to spare. */
    private static final int NARROWEST_BYTES = 64;
    /** Twice the processors of a large card. */
    private static final int BLOCKS = 264;

    /** Packs where they fit. */
    static Packs of(String file, Type type, int channels) {
        return of(file, type, channels, true);
    }

    /** Packs where they fit and where everything else is a multiple of them. */
    static Packs of(String file, Type type, int channels, boolean fit) {
        int size = Tiles.elements(type);
        return new Packs(file, type, channels, fit && channels % size == 0 ? size : 1);
    }

    boolean arePacked() {
        return size > 1;
    }

    /** What threads take, for each cell. */
    int perCell() {
        return channels / size;
    }

    private String name(String function) {
        return arePacked() ? function + "_packed" : function;
    }

    /** A thread for each cell and pack. */
    Kernel each(String function, long cells) {
        return new Kernel(file, name(function), type, Grid.over(cells * perCell()));
    }

    /** Some blocks along x, and as many along y as have all channels, {@code width} neighbours each. */
    Kernel blocks(String function, long count, int width) {
        return blocks(function, true, count, width);
    }

    /** The same for a function that is for packs alone. */
    Kernel specialBlocks(String function, long count, int width) {
        return blocks(function, false, count, width);
    }

    private Kernel blocks(String function, boolean suffix, long count, int width) {
        Grid grid = new Grid(Math.toIntExact(count), Grid.blocks(perCell(), width), 1, Grid.THREADS);
        return new Kernel(file, suffix ? name(function) : function, type, grid);
    }

    /** Neighbours of a block where there are so many blocks for each group of them: as many as fill a warp, or all. */
    int width(long blocks) {
        int narrowest = Math.max(1, NARROWEST_BYTES / (size * type.bytes()));
        int groups = Grid.blocks(perCell(), WIDEST);
        while (blocks * groups < BLOCKS && perCell() >= 2L * groups * narrowest) {
            groups *= 2;
        }
        return Grid.blocks(perCell(), groups);
    }

    /** Arguments one after another; arrays are taken apart. */
    static Object[] arguments(Object... parts) {
        List<Object> all = new ArrayList<>();
        for (Object part : parts) {
            if (part instanceof Object[] several) {
                all.addAll(Arrays.asList(several));
            } else {
                all.add(part);
            }
        }
        return all.toArray();
    }
}
