package io.vertebra.datasets.decode;

import java.util.List;

/**
 * What the structure of a picture file says, found before any pixel is decoded.
 *
 * @param format which decoder takes it
 * @param height rows as stored
 * @param width columns as stored
 * @param orientation EXIF orientation, 1 to 8
 * @param notes what a user may want to know though the picture loads, each a clause
 * @param pixels the file without anything but pixel data, for the decoder
 */
record Inspected(Format format, int height, int width, int orientation, List<String> notes, Source pixels) {

    /** The formats that are read. */
    enum Format {
        JPEG,
        PNG,
        WEBP,
        BMP,
        GIF,
        TIFF
    }

    private static final long LARGEST_SIDE = 1 << 20;
    /** Pillow refuses above the same number. */
    private static final long MOST_PIXELS = 178_956_970;

    /** Refuses sizes that no picture has or that memory should not be spent on. */
    static void checkSize(Source source, long height, long width) {
        if (height < 1 || width < 1 || height > Integer.MAX_VALUE || width > Integer.MAX_VALUE) {
            throw source.broken("has the invalid size " + width + "x" + height);
        }
        if (height > LARGEST_SIDE || width > LARGEST_SIDE || height * width > MOST_PIXELS) {
            throw source.broken("declares %dx%d, %d megapixels; the limits are %d a side and %d megapixels"
                    .formatted(width, height, height * width / 1_000_000, LARGEST_SIDE, MOST_PIXELS / 1_000_000));
        }
    }
}
