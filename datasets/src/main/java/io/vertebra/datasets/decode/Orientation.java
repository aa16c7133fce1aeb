package io.vertebra.datasets.decode;

import io.vertebra.images.Raster;

/** Turns a picture upright as its EXIF orientation says. */
final class Orientation {

    private Orientation() {}

    /**
     * The upright picture.
     *
     * @param orientation 1 to 8: where row 0 and column 0 of the stored picture belong (EXIF 2.32, tag 274)
     */
    static Raster upright(Raster stored, int orientation) {
        if (orientation == 1) {
            return stored;
        }
        boolean transposed = orientation >= 5;
        boolean fromRight = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
        boolean fromBottom = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
        int height = transposed ? stored.width() : stored.height();
        int width = transposed ? stored.height() : stored.width();
        byte[] in = stored.data();
        byte[] out = new byte[in.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int sourceX = fromRight ? width - 1 - x : x;
                int sourceY = fromBottom ? height - 1 - y : y;
                int from = transposed ? sourceX * stored.width() + sourceY : sourceY * stored.width() + sourceX;
                System.arraycopy(in, 3 * from, out, 3 * (y * width + x), 3);
            }
        }
        return Raster.of(height, width, 3, out);
    }
}
