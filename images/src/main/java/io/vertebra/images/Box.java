package io.vertebra.images;

/**
 * An axis-parallel rectangle in continuous pixel coordinates, half-open: pixel (0, 0) is the box 0, 0, 1, 1.
 *
 * @param x1 left
 * @param y1 top
 * @param x2 right, not below x1
 * @param y2 bottom, not below y1
 */
public record Box(float x1, float y1, float x2, float y2) {

    public Box {
        if (!(x1 <= x2 && y1 <= y2)) {
            throw new IllegalArgumentException(
                    "box: corners are in the wrong order: %s %s %s %s".formatted(x1, y1, x2, y2));
        }
    }

    /** Width times height. */
    public float area() {
        return (x2 - x1) * (y2 - y1);
    }

    /** The box in the coordinates of a window that starts at (left, top), cut to the window; it may become empty. */
    public Box window(int top, int left, int height, int width) {
        return new Box(
                clamp(x1 - left, width), clamp(y1 - top, height), clamp(x2 - left, width), clamp(y2 - top, height));
    }

    /** The box of a picture that is resized by the two factors. */
    public Box scaled(float vertical, float horizontal) {
        return new Box(x1 * horizontal, y1 * vertical, x2 * horizontal, y2 * vertical);
    }

    /** The box of a picture of this width that is mirrored left to right. */
    public Box flipped(int width) {
        return new Box(width - x2, y1, width - x1, y2);
    }

    private static float clamp(float value, int limit) {
        return Math.max(0, Math.min(limit, value));
    }
}
