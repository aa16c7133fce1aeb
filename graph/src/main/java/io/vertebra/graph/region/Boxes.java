package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Size;
import java.util.Arrays;

/**
 * Operations on arrays of boxes.
 *
 * <p>n boxes are {@code float[4·n]}, each x1, y1, x2, y2 in pixels: continuous, so that the width is x2 − x1. A box whose
 * x2 lies left of x1 (or y2 above y1) has width (height) 0. Coordinates must be
 * numbers of at most 2⁶⁰. Measures are computed in float in
 * torchvision's order, so that a threshold decides as it does there.
 *
 * <p>Where torchvision divides 0 by 0, the overlap is 0: IoU is 0 for two boxes without area, and a part of GIoU or CIoU
 * whose divisor is 0 vanishes.
 *
 * @see Overlap the pairwise measures
 */
public final class Boxes {

    /** How four numbers say a box. */
    public enum Format {
        /** Left, top, right, bottom. */
        XYXY,
        /** Left, top, width, height. */
        XYWH,
        /** Centre, width, height. */
        CXCYWH
    }

    private Boxes() {}

    /** The number of boxes in an array; the array must hold whole boxes of finite numbers. */
    public static int count(float[] boxes) {
        return Door.boxes("boxes", boxes);
    }

    /** Areas: (n, 4) → (n). */
    public static float[] areas(float[] boxes) {
        float[] areas = new float[Door.boxes("boxes", boxes)];
        for (int i = 0; i < areas.length; i++) {
            areas[i] = area(boxes, i);
        }
        return areas;
    }

    static float area(float[] boxes, int i) {
        return width(boxes, i) * height(boxes, i);
    }

    static float width(float[] boxes, int i) {
        return Math.max(0, boxes[4 * i + 2] - boxes[4 * i]);
    }

    static float height(float[] boxes, int i) {
        return Math.max(0, boxes[4 * i + 3] - boxes[4 * i + 1]);
    }

    /** The boxes cut off at the borders of a picture, in a new array. */
    public static float[] clip(float[] boxes, Size picture) {
        Door.boxes("boxes", boxes);
        Door.picture("picture", picture);
        float[] clipped = new float[boxes.length];
        for (int i = 0; i < boxes.length; i++) {
            clipped[i] = clip(boxes[i], i % 2 == 0 ? picture.width() : picture.height());
        }
        return clipped;
    }

    /** A coordinate, cut off at 0 and at the end. */
    static float clip(float coordinate, float end) {
        return Math.min(Math.max(coordinate, 0), end);
    }

    /** Indices of the boxes whose width and height are at least so many pixels, ascending. */
    public static int[] withoutSmall(float[] boxes, double side) {
        int[] kept = new int[Door.boxes("boxes", boxes)];
        Check.that(side >= 0, "side", "must be at least 0, is %s", side);
        int count = 0;
        for (int i = 0; i < kept.length; i++) {
            if (width(boxes, i) >= side && height(boxes, i) >= side) {
                kept[count++] = i;
            }
        }
        return Arrays.copyOf(kept, count);
    }

    /** The rows of these indices, in their order. */
    public static float[] take(float[] boxes, int[] indices) {
        int count = Door.boxes("boxes", boxes);
        float[] taken = new float[4 * indices.length];
        for (int i = 0; i < indices.length; i++) {
            Check.that(indices[i] >= 0 && indices[i] < count, "indices", "%d of %d boxes", indices[i], count);
            System.arraycopy(boxes, 4 * indices[i], taken, 4 * i, 4);
        }
        return taken;
    }

    /** The boxes in another format, in a new array. */
    public static float[] convert(float[] boxes, Format from, Format to) {
        int count = Door.boxes("boxes", boxes);
        float[] converted = boxes.clone();
        for (int i = 0; from != to && i < count; i++) {
            toCorners(converted, 4 * i, from);
            fromCorners(converted, 4 * i, to);
        }
        return converted;
    }

    private static void toCorners(float[] box, int at, Format from) {
        float x = box[at];
        float y = box[at + 1];
        float width = box[at + 2];
        float height = box[at + 3];
        if (from == Format.CXCYWH) {
            set(box, at, x - 0.5f * width, y - 0.5f * height, x + 0.5f * width, y + 0.5f * height);
        } else if (from == Format.XYWH) {
            set(box, at, x, y, x + width, y + height);
        }
    }

    private static void fromCorners(float[] box, int at, Format to) {
        float left = box[at];
        float top = box[at + 1];
        float width = box[at + 2] - left;
        float height = box[at + 3] - top;
        if (to == Format.CXCYWH) {
            set(box, at, (left + box[at + 2]) / 2, (top + box[at + 3]) / 2, width, height);
        } else if (to == Format.XYWH) {
            set(box, at, left, top, width, height);
        }
    }

    static void set(float[] boxes, int at, float a, float b, float c, float d) {
        boxes[at] = a;
        boxes[at + 1] = b;
        boxes[at + 2] = c;
        boxes[at + 3] = d;
    }

    /**
     * The smallest boxes around the pixels that are not 0: masks (n, H, W) → (n, 4).
     *
     * <p>As in torchvision a corner is the index of the last pixel, not one more. A mask without pixels gives 0, 0, 0, 0,
     * where torchvision fails.
     */
    public static float[] ofMasks(byte[] masks, Size size) {
        Door.picture("size", size);
        int area = Door.elements("size", size.height(), size.width());
        Check.that(masks.length % area == 0, "masks", "has %d pixels, no multiple of %s", masks.length, size);
        float[] boxes = new float[4 * (masks.length / area)];
        for (int n = 0; n < masks.length / area; n++) {
            int left = size.width();
            int top = size.height();
            int right = -1;
            int bottom = -1;
            for (int i = 0; i < area; i++) {
                if (masks[n * area + i] != 0) {
                    left = Math.min(left, i % size.width());
                    right = Math.max(right, i % size.width());
                    top = Math.min(top, i / size.width());
                    bottom = i / size.width();
                }
            }
            if (right >= 0) {
                set(boxes, 4 * n, left, top, right, bottom);
            }
        }
        return boxes;
    }
}
