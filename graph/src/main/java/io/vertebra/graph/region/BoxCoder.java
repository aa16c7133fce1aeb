package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;

/**
 * Says a box relative to an anchor by four numbers a network can learn, and back.
 *
 * <p>{@code tx = wx (cx − cx_a) / w_a, ty = wy (cy − cy_a) / h_a, tw = ww ln(w / w_a), th = wh ln(h / h_a)} with c the
 * centres. R-CNN, arXiv:1311.2524, appendix C. The order of the four numbers is the published weights': (tx, ty, tw, th) in
 * torchvision, (ty, tx, th, tw) in TensorFlow. Decoding takes {@code tw / ww} and {@code th / wh} as at most ln(1000 / 16),
 * torchvision's limit, so that no number of a network gives an infinite size; TensorFlow has no limit, but a box of 62
 * times the anchor's size covers the picture anyway.
 */
public final class BoxCoder {

    /** The order of the four numbers. */
    public enum Order {
        /** torchvision: tx, ty, tw, th. */
        X_FIRST,
        /** TensorFlow: ty, tx, th, tw. */
        Y_FIRST
    }

    private static final float LARGEST_LOG = (float) Math.log(1000.0 / 16);

    private final float weightX;
    private final float weightY;
    private final float weightWidth;
    private final float weightHeight;
    private final int first;

    /** A coder with weights for the position and size along x and y. */
    public BoxCoder(double x, double y, double width, double height, Order order) {
        Door.positive("x", x);
        Door.positive("y", y);
        Door.positive("width", width);
        Door.positive("height", height);
        this.weightX = (float) x;
        this.weightY = (float) y;
        this.weightWidth = (float) width;
        this.weightHeight = (float) height;
        this.first = order == Order.X_FIRST ? 0 : 1;
    }

    /** (tx, ty, tw, th) with weights 10, 10, 5, 5: torchvision's SSD and box heads. */
    public static BoxCoder torchvision() {
        return new BoxCoder(10, 10, 5, 5, Order.X_FIRST);
    }

    /** (ty, tx, th, tw) with weights 10, 10, 5, 5: TensorFlow's detectors. */
    public static BoxCoder tensorflow() {
        return new BoxCoder(10, 10, 5, 5, Order.Y_FIRST);
    }

    /** Codes of boxes relative to the anchors of the same rows: (n, 4), (n, 4) → (n, 4). All need an area. */
    public float[] encode(float[] boxes, float[] anchors) {
        int count = Door.boxes("boxes", boxes);
        Door.boxes("anchors", anchors);
        Door.length("anchors", anchors.length, boxes.length);
        float[] codes = new float[boxes.length];
        for (int i = 0; i < count; i++) {
            encode(boxes, i, anchors, i, codes, 4 * i);
        }
        return codes;
    }

    /** Writes the code of one box relative to one anchor at an offset. */
    public void encode(float[] boxes, int box, float[] anchors, int anchor, float[] codes, int at) {
        float width = side(boxes, box, 0, "box");
        float height = side(boxes, box, 1, "box");
        float anchorWidth = side(anchors, anchor, 0, "anchor");
        float anchorHeight = side(anchors, anchor, 1, "anchor");
        float dx = boxes[4 * box] + 0.5f * width - (anchors[4 * anchor] + 0.5f * anchorWidth);
        float dy = boxes[4 * box + 1] + 0.5f * height - (anchors[4 * anchor + 1] + 0.5f * anchorHeight);
        codes[at + first] = weightX * dx / anchorWidth;
        codes[at + 1 - first] = weightY * dy / anchorHeight;
        codes[at + 2 + first] = weightWidth * (float) Math.log(width / anchorWidth);
        codes[at + 3 - first] = weightHeight * (float) Math.log(height / anchorHeight);
    }

    /** Boxes of codes: codes (n, 4 · k) for k classes, anchors (n, 4) → (n, 4 · k). */
    public float[] decode(float[] codes, float[] anchors) {
        int count = Door.boxes("anchors", anchors);
        Door.finite("codes", codes);
        Check.that(
                count == 0 ? codes.length == 0 : codes.length % anchors.length == 0,
                "codes",
                "has %d numbers, no multiple of %d",
                codes.length,
                anchors.length);
        float[] boxes = new float[codes.length];
        int perAnchor = count == 0 ? 0 : codes.length / count;
        for (int at = 0; at < codes.length; at += 4) {
            decode(codes, at, anchors, at / perAnchor, boxes, at);
        }
        return boxes;
    }

    /** Writes the box of one code relative to one anchor at an offset. */
    public void decode(float[] codes, int code, float[] anchors, int anchor, float[] boxes, int at) {
        float width = anchors[4 * anchor + 2] - anchors[4 * anchor];
        float height = anchors[4 * anchor + 3] - anchors[4 * anchor + 1];
        float x = codes[code + first] / weightX * width + (anchors[4 * anchor] + 0.5f * width);
        float y = codes[code + 1 - first] / weightY * height + (anchors[4 * anchor + 1] + 0.5f * height);
        float halfWidth = 0.5f * exponential(codes[code + 2 + first] / weightWidth) * width;
        float halfHeight = 0.5f * exponential(codes[code + 3 - first] / weightHeight) * height;
        Boxes.set(boxes, at, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
    }

    private static float exponential(float log) {
        return (float) Math.exp(Math.min(log, LARGEST_LOG));
    }

    private static float side(float[] boxes, int i, int axis, String name) {
        float side = boxes[4 * i + 2 + axis] - boxes[4 * i + axis];
        if (!(side > 0)) {
            Check.that(false, name, "%d has %s %s, needs an area", i, axis == 0 ? "width" : "height", side);
        }
        return side;
    }
}
