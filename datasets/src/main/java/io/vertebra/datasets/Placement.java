package io.vertebra.datasets;

import io.vertebra.images.Box;
import io.vertebra.images.Size;
import java.util.Objects;

/**
 * Where the pixels of a picture came from: the way back from a transformed sample to the picture as it was read.
 *
 * <p>A place x of the original stands in the sample at {@code offsetX + scaleX · x̃}, with x̃ = x, or the original's width − x in a mirrored
 * one; y likewise, never mirrored. Places are continuous, as those of {@link Box}.
 *
 * @param original the size of the picture as it was read
 * @param scaleY rows of the sample to a row of the original
 * @param scaleX columns of the sample to a column of the original
 * @param offsetY where the original's top border lies in the sample
 * @param offsetX where the original's left border, or in a mirrored sample its right border, lies in the sample
 * @param flipped whether left and right are exchanged
 */
public record Placement(Size original, double scaleY, double scaleX, double offsetY, double offsetX, boolean flipped) {

    public Placement {
        Objects.requireNonNull(original, "original");
        if (!(scaleY > 0 && scaleX > 0)) {
            throw new IllegalArgumentException("placement: scales must be above 0, are " + scaleY + " and " + scaleX);
        }
    }

    /** That of a picture as it was read. */
    public static Placement of(Size original) {
        return new Placement(original, 1, 1, 0, 0, false);
    }

    /** After the sample was resized. */
    Placement resized(Size from, Size to) {
        double vertical = (double) to.height() / from.height();
        double horizontal = (double) to.width() / from.width();
        return new Placement(
                original, scaleY * vertical, scaleX * horizontal, offsetY * vertical, offsetX * horizontal, flipped);
    }

    /** After a window with this corner was cut out of the sample. */
    Placement window(int top, int left) {
        return new Placement(original, scaleY, scaleX, offsetY - top, offsetX - left, flipped);
    }

    /** After the sample of this width was mirrored left to right. */
    Placement flipped(int width) {
        double offset = width - offsetX - scaleX * original.width();
        return new Placement(original, scaleY, scaleX, offsetY, offset, !flipped);
    }

    /** A box of the sample in the original's coordinates, cut to the original; it may become empty. */
    public Box toOriginal(Box box) {
        float left = (float) ((box.x1() - offsetX) / scaleX);
        float right = (float) ((box.x2() - offsetX) / scaleX);
        float top = (float) ((box.y1() - offsetY) / scaleY);
        float bottom = (float) ((box.y2() - offsetY) / scaleY);
        Box whole = new Box(left, top, right, bottom).window(0, 0, original.height(), original.width());
        return flipped ? whole.flipped(original.width()) : whole;
    }
}
