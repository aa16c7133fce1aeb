package io.vertebra.datasets.formats.coco;

import io.vertebra.images.Box;
import java.util.Arrays;

/** Annotations while they are read, one array a field: 860,000 of them take 60 MB, where objects would take gigabytes. */
final class CocoColumns {

    static final byte NO_PIXELS = 0;
    static final byte EMPTY_LIST = 1;
    /** Polygons or runs. */
    static final byte PIXELS = 2;

    int count;
    long[] ids = new long[1024];
    long[] imageIds = new long[1024];
    long[] categoryIds = new long[1024];
    float[] boxes = new float[4 * 1024];
    double[] areas = new double[1024];
    boolean[] crowds = new boolean[1024];
    byte[] kinds = new byte[1024];
    long[] offsets = new long[1024];
    int[] lengths = new int[1024];

    /** Begins another row and returns its number. */
    int add() {
        if (count == ids.length) {
            int capacity = count + (count >> 1);
            ids = Arrays.copyOf(ids, capacity);
            imageIds = Arrays.copyOf(imageIds, capacity);
            categoryIds = Arrays.copyOf(categoryIds, capacity);
            boxes = Arrays.copyOf(boxes, 4 * capacity);
            areas = Arrays.copyOf(areas, capacity);
            crowds = Arrays.copyOf(crowds, capacity);
            kinds = Arrays.copyOf(kinds, capacity);
            offsets = Arrays.copyOf(offsets, capacity);
            lengths = Arrays.copyOf(lengths, capacity);
        }
        return count++;
    }

    /** The box of a row. */
    Box box(int row) {
        return new Box(boxes[4 * row], boxes[4 * row + 1], boxes[4 * row + 2], boxes[4 * row + 3]);
    }
}
