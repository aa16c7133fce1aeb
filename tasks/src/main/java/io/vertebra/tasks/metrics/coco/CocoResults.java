package io.vertebra.tasks.metrics.coco;

import io.vertebra.images.Box;
import io.vertebra.images.Mask;
import io.vertebra.images.RleCodec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What was found, row by row; rows are kept in arrays, for there may be a million. For one thread while rows are added. */
public final class CocoResults {

    private int size;
    private long[] images = new long[16];
    private long[] categories = new long[16];
    /** x, y, width, height. */
    private double[] boxes = new double[64];

    private double[] areas = new double[16];
    private double[] scores = new double[16];
    /** The texts of masks, a third of the memory of their runs; rows without are null. */
    private byte[][] masks = new byte[0][];

    private int[] maskHeights = new int[0];
    private int[] maskWidths = new int[0];

    /** No rows. */
    public CocoResults() {}

    /** Adds a row with a box only. */
    public void add(long image, long category, double x, double y, double width, double height, double score) {
        add(image, category, x, y, width, height, width * height, score);
    }

    /** Adds a row with a mask; its box and area are the mask's. */
    public void add(long image, long category, Mask mask, double score) {
        add(image, category, Double.NaN, 0, 0, 0, mask.area(), score); // the box is made when it is asked for
        put(mask);
    }

    /** The same for a mask whose text is at hand. */
    void add(long image, long category, Mask mask, String text, double score) {
        add(image, category, Double.NaN, 0, 0, 0, mask.area(), score);
        put(mask, text);
    }

    /** Adds a row with a box and a mask; as in pycocotools, the box says how large it is. */
    public void add(
            long image, long category, double x, double y, double width, double height, Mask mask, double score) {
        add(image, category, x, y, width, height, score);
        put(mask);
    }

    private void put(Mask mask) {
        put(mask, RleCodec.encode(mask));
    }

    private void put(Mask mask, String text) {
        if (masks.length < size) {
            masks = Arrays.copyOf(masks, images.length);
            maskHeights = Arrays.copyOf(maskHeights, images.length);
            maskWidths = Arrays.copyOf(maskWidths, images.length);
        }
        masks[size - 1] = text.getBytes(StandardCharsets.ISO_8859_1);
        maskHeights[size - 1] = mask.height();
        maskWidths[size - 1] = mask.width();
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
        if (Double.isNaN(boxes[4 * row]) && row < masks.length && masks[row] != null) {
            Box box = mask(row).bounds().orElse(new Box(0, 0, 0, 0));
            boxes[4 * row] = box.x1();
            boxes[4 * row + 1] = box.y1();
            boxes[4 * row + 2] = box.x2() - box.x1();
            boxes[4 * row + 3] = box.y2() - box.y1();
        }
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

    /** The mask of a row, made anew by each call; null if it has none. */
    public Mask mask(int row) {
        if (row >= masks.length || masks[row] == null) {
            return null;
        }
        String text = new String(masks[row], StandardCharsets.ISO_8859_1);
        return RleCodec.decode(maskHeights[row], maskWidths[row], text);
    }

    double[] scores() {
        return scores;
    }
}
