package io.vertebra.images;

import java.util.Arrays;

/**
 * One small number a pixel, 0 to 255, row by row: a class or an object; {@link #IGNORE} is by custom "no answer wanted here".
 *
 * <p>Immutable by contract, as {@link Raster}.
 */
public final class LabelMap {

    /** The value of pixels that no loss and no metric looks at. */
    public static final int IGNORE = 255;

    private final int height;
    private final int width;
    private final byte[] data;

    private LabelMap(int height, int width, byte[] data) {
        this.height = height;
        this.width = width;
        this.data = data;
    }

    /** A map over the given values (H, W), which it takes over without a copy. */
    public static LabelMap of(int height, int width, byte[] data) {
        if (height < 1 || width < 1 || data.length != (long) height * width) {
            throw new IllegalArgumentException(
                    "label map: %d values do not make %dx%d".formatted(data.length, height, width));
        }
        return new LabelMap(height, width, data);
    }

    /** Rows. */
    public int height() {
        return height;
    }

    /** Columns. */
    public int width() {
        return width;
    }

    /** The values themselves, (H, W), unsigned; not to be written into. */
    public byte[] data() {
        return data;
    }

    /** One value, 0 to 255. */
    public int at(int y, int x) {
        return data[y * width + x] & 0xFF;
    }

    /** The map mirrored left to right. */
    public LabelMap flipped() {
        byte[] out = new byte[data.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                out[y * width + width - 1 - x] = data[y * width + x];
            }
        }
        return new LabelMap(height, width, out);
    }

    /** A window of the map; what lies outside gets the value {@code outside}. */
    public LabelMap window(int top, int left, int windowHeight, int windowWidth, int outside) {
        byte[] out = new byte[Math.multiplyExact(windowHeight, windowWidth)];
        Arrays.fill(out, (byte) outside);
        for (int y = Math.max(0, -top); y < Math.min(windowHeight, height - top); y++) {
            for (int x = Math.max(0, -left); x < Math.min(windowWidth, width - left); x++) {
                out[y * windowWidth + x] = data[(top + y) * width + left + x];
            }
        }
        return of(windowHeight, windowWidth, out);
    }

    /**
     * The map at another size: every pixel takes the value under its centre, as Pillow's {@code NEAREST}.
     *
     * <p>So it stays in place with pictures of {@link Resampling}, whose filters are centred too. OpenCV's {@code INTER_NEAREST} takes the value
     * under the pixel's top left corner, half a pixel away.
     */
    public LabelMap resized(int newHeight, int newWidth) {
        byte[] out = new byte[Math.multiplyExact(newHeight, newWidth)];
        int[] columns = new int[newWidth];
        for (int x = 0; x < newWidth; x++) {
            columns[x] = under(x, newWidth, width);
        }
        for (int y = 0; y < newHeight; y++) {
            int from = under(y, newHeight, height) * width;
            for (int x = 0; x < newWidth; x++) {
                out[y * newWidth + x] = data[from + columns[x]];
            }
        }
        return of(newHeight, newWidth, out);
    }

    /** The place in a side of {@code length} under the centre of place {@code to} in a side of {@code newLength}. */
    private static int under(int to, int newLength, int length) {
        return (int) ((2L * to + 1) * length / (2L * newLength));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LabelMap m && height == m.height && width == m.width && Arrays.equals(data, m.data);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * height + width) + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return "LabelMap[" + height + "x" + width + "]";
    }
}
