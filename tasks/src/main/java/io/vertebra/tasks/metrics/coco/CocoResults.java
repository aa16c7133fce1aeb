package io.vertebra.tasks.metrics.coco;

import io.vertebra.images.Box;
import io.vertebra.images.PackedMask;
import java.util.Arrays;

/** What was found, row by row; rows are kept in arrays, for there may be a million. For one thread while rows are added. */
public final class CocoResults {

    private static final Box NOWHERE = new Box(0, 0, 0, 0);

    private int size;
    private long[] images = new long[16];
    private long[] categories = new long[16];
    /** x, y, width, height. */
    private double[] boxes = new double[64];

    private double[] areas = new double[16];
    private double[] scores = new double[16];
    /** Shorter than the rows if the last ones have none; null for each row without. */
    private PackedMask[] masks = new PackedMask[0];

    /** No rows. */
    public CocoResults() {}

    /** Adds a row with a box only. */
    public void add(long image, long category, double x, double y, double width, double height, double score) {
        add(image, category, x, y, width, height, width * height, score);
    }

    /** Adds a row with a mask; its box and area are the mask's. */
    public void add(long image, long category, PackedMask mask, double score) {
        Box box = mask.bounds().orElse(NOWHERE);
        double width = box.x2() - box.x1();
        double height = box.y2() - box.y1();
        add(image, category, box.x1(), box.y1(), width, height, mask.area(), score);
        put(mask);
    }

    /** Adds a row with a box and a mask; as in pycocotools, the box says how large it is. */
    public void add(
            long image, long category, double x, double y, double width, double height, PackedMask mask, double score) {
        add(image, category, x, y, width, height, score);
        put(mask);
    }

    private void put(PackedMask mask) {
        if (masks.length < size) {
            masks = Arrays.copyOf(masks, images.length);
        }
        masks[size - 1] = mask;
    }

    private void add(
            long image, long category, double x, double y, double width, double height, double area, double score) {
        if (size == images.length) {
            int capacity = size + (size >> 1);
            images = Arrays.copyOf(images, capacity);
            categories = Arrays.copyOf(categories, capacity);
            boxes = Arrays.copyOf(boxes, 4 * capacity);
            areas = Arrays.copyOf(areas, capacity);
            scores = Arrays.copyOf(scores, capacity);
        }
        images[size] = image;
        categories[size] = category;
        boxes[4 * size] = x;
        boxes[4 * size + 1] = y;
        boxes[4 * size + 2] = width;
        boxes[4 * size + 3] = height;
        areas[size] = area;
        scores[size] = score + 0.0; // -0 becomes 0, which it equals
        size++;
    }

    /** How many rows there are. */
    public int size() {
        return size;
    }

    /** The picture of a row. */
    public long image(int row) {
        return images[row];
    }

    /** The class of a row. */
    public long category(int row) {
        return categories[row];
    }

    /** Left (0), top (1), width (2) or height (3) of a row's box. */
    public double box(int row, int part) {
        return boxes[4 * row + part];
    }

    /** How large a row's object is. */
    public double area(int row) {
        return areas[row];
    }

    /** How sure a row is. */
    public double score(int row) {
        return scores[row];
    }

    /** The mask of a row; null if it has none. */
    public PackedMask mask(int row) {
        return row < masks.length ? masks[row] : null;
    }

    double[] scores() {
        return scores;
    }
}
