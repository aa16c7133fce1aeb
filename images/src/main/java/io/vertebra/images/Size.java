package io.vertebra.images;

/**
 * Height and width in pixels, both at least 1.
 *
 * @param height rows
 * @param width columns
 */
public record Size(int height, int width) {

    public Size {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "size: height and width must be at least 1, are " + height + " and " + width);
        }
    }

    @Override
    public String toString() {
        return height + "x" + width;
    }
}
