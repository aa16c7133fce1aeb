package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Call.Label;
import io.vertebra.graph.op.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * How blocks share out a map (pictures, rows, channels): {@code Tile} of {@code maps.cuh}. A block has a run of rows of one
 * picture and some neighbouring channels, so that a card is busy with many rows of few channels and with few rows of many.
 *
 * @param type of the map
 * @param pictures that are told apart
 * @param rows of a picture
 * @param channels of a row
 * @param each channels of a thread: a pack of them, four, or one
 * @param width threads beside each other along the channels
 * @param runs of rows of a picture
 * @param length rows of a run
 */
record Tiles(Type type, int pictures, long rows, int channels, int each, int width, int runs, long length) {
    static final int PACK_BYTES = 16;
    /** Channels of a thread that holds several numbers for each of them. */
    private static final int FEW = 4;
    /** Neighbours along the channels: packs of 1 KB. */
    private static final int WIDEST = 64;
    /** Four for each of 132 processors, the same for every card, so that sums have one order. */
    private static final int BLOCKS_OF_SUMS = 528;

    /** Three for each: those of gradients hold so much that a processor has no room for a fourth. */
    private static final int BLOCKS_OF_GRADIENT_SUMS = 396;

    private static final int LEAST_ROWS_OF_SUMS = 4;
    private static final int BLOCKS_OF_MAPS = 2112;
    private static final int LEAST_ROWS_OF_MAPS = 2;
    private static final int MOST_ROWS_OF_MAPS = 16;

    /** For sums over rows: as few runs as keep the card busy. */
    static Tiles ofSums(Type type, int pictures, long rows, int channels) {
        int each = slot(type, channels);
        return of(type, pictures, rows, channels, each, BLOCKS_OF_SUMS, LEAST_ROWS_OF_SUMS, Integer.MAX_VALUE);
    }

    /** For results that are as large as the map. */
    static Tiles ofMaps(Type type, int pictures, long rows, int channels) {
        int each = slot(type, channels);
        return of(type, pictures, rows, channels, each, BLOCKS_OF_MAPS, LEAST_ROWS_OF_MAPS, MOST_ROWS_OF_MAPS);
    }

    /** The same for sums of norms' gradients. */
    static Tiles ofGradientSums(Type type, int pictures, long rows, int channels) {
        int each = few(channels);
        return of(type, pictures, rows, channels, each, BLOCKS_OF_GRADIENT_SUMS, LEAST_ROWS_OF_SUMS, Integer.MAX_VALUE);
    }

    /** The same for the gradients of what norms read. */
    static Tiles ofGradientMaps(Type type, int pictures, long rows, int channels) {
        int each = few(channels);
        return of(type, pictures, rows, channels, each, BLOCKS_OF_MAPS, LEAST_ROWS_OF_MAPS, MOST_ROWS_OF_MAPS);
    }

    private static int slot(Type type, int channels) {
        return arePacked(type, channels) ? elements(type) : 1;
    }

    private static int few(int channels) {
        return channels % FEW == 0 ? FEW : 1;
    }

    /** Whether the channels of a row are whole packs. */
    static boolean arePacked(Type type, int channels) {
        return channels % elements(type) == 0;
    }

    /** Elements of a pack. */
    static int elements(Type type) {
        return PACK_BYTES / type.bytes();
    }

    /** Cells of a map's picture; a vector is a map of one. */
    static long cells(Shape shape) {
        return shape.elements() / shape.n() / shape.c();
    }

    /** {@code least}, {@code most}: rows of a thread, where there are as many. */
    private static Tiles of(
            Type type, int pictures, long rows, int channels, int each, int blocks, int least, int most) {
        int slots = channels / each;
        int width = Grid.blocks(slots, Grid.blocks(slots, WIDEST));
        int lines = Grid.THREADS / width;
        long others = (long) pictures * Grid.blocks(slots, width);
        long share = Math.max(1, blocks / others);
        long length = Math.min(Math.max(ceil(ceil(rows, share), lines), least), most) * lines;
        int runs = Math.toIntExact(ceil(rows, length));
        return new Tiles(type, pictures, rows, channels, each, width, runs, length);
    }

    private static long ceil(long count, long each) {
        return (count + each - 1) / each;
    }

    /** Runs of all pictures. */
    int allRuns() {
        return Math.multiplyExact(pictures, runs);
    }

    /**
     * Launches one of two functions: {@code function} for single channels and {@code function_packed}. Their parameters are the
     * tensors, then rows, channels, width, runs and length, then others.
     */
    void launch(Label label, String file, String function, Lowering l, List<Operand> tensors, Object... others) {
        Grid grid = new Grid(allRuns(), Grid.blocks(channels / each, width), 1, Grid.THREADS);
        List<Object> arguments = new ArrayList<>(tensors);
        Collections.addAll(arguments, rows, channels, width, runs, length);
        arguments.addAll(Arrays.asList(others));
        l.launch(label, new Kernel(file, each > 1 ? function + "_packed" : function, type, grid), arguments.toArray());
    }
}
