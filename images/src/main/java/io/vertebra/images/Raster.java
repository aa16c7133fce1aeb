package io.vertebra.images;

import java.util.Arrays;

/**
 * A picture of 8-bit samples, rows from the top, channels interleaved (H, W, C): RGB with 3 channels or gray with 1.
 *
 * <p>Immutable by contract: who hands an array to {@link #of} or takes one from {@link #data} does not write into it afterwards.
 * The array is not copied, since a loader moves thousands of pictures a second.
 */
public final class Raster {

    private final int height;
    private final int width;
    private final int channels;
    private final byte[] data;

    private Raster(int height, int width, int channels, byte[] data) {
        this.height = height;
        this.width = width;
        this.channels = channels;
        this.data = data;
    }

    /**
     * A raster over the given samples, which it takes over without a copy.
     *
     * @param data height × width × channels samples, unsigned
     * @throws IllegalArgumentException if the size is not positive, the channels are not 1 or 3, or the array has another length
     */
    public static Raster of(int height, int width, int channels, byte[] data) {
        if (height < 1
                || width < 1
                || (channels != 1 && channels != 3)
                || data.length != (long) height * width * channels) {
            throw new IllegalArgumentException("raster: %d samples do not make %dx%d with %d channels (1 or 3)"
                    .formatted(data.length, height, width, channels));
        }
        return new Raster(height, width, channels, data);
    }

    /** Rows. */
    public int height() {
        return height;
    }

    /** Columns. */
    public int width() {
        return width;
    }

    /** Height and width. */
    public Size size() {
        return new Size(height, width);
    }

    /** 3 for RGB, 1 for gray. */
    public int channels() {
        return channels;
    }

    /** The samples themselves, (H, W, C); not to be written into. */
    public byte[] data() {
        return data;
    }

    /** One sample, 0 to 255. */
    public int at(int y, int x, int channel) {
        return data[(y * width + x) * channels + channel] & 0xFF;
    }

    /** The picture mirrored left to right. */
    public Raster flipped() {
        byte[] out = new byte[data.length];
        int row = width * channels;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int from = y * row + x * channels;
                int to = y * row + (width - 1 - x) * channels;
                for (int c = 0; c < channels; c++) {
                    out[to + c] = data[from + c];
                }
            }
        }
        return new Raster(height, width, channels, out);
    }

    /**
     * The picture turned as EXIF says; itself if it is upright already.
     *
     * @param orientation 1 to 8: where row 0 and column 0 of this raster belong (EXIF 2.32, tag 274)
     */
    public Raster upright(int orientation) {
        if (orientation == 1) {
            return this;
        }
        boolean transposed = orientation >= 5;
        boolean fromRight = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
        boolean fromBottom = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
        int outHeight = transposed ? width : height;
        int outWidth = transposed ? height : width;
        byte[] out = new byte[data.length];
        for (int y = 0; y < outHeight; y++) {
            for (int x = 0; x < outWidth; x++) {
                int sourceX = fromRight ? outWidth - 1 - x : x;
                int sourceY = fromBottom ? outHeight - 1 - y : y;
                int from = transposed ? sourceX * width + sourceY : sourceY * width + sourceX;
                System.arraycopy(data, channels * from, out, channels * (y * outWidth + x), channels);
            }
        }
        return new Raster(outHeight, outWidth, channels, out);
    }

    /**
     * A window of the picture; what lies outside the picture is 0 (black).
     *
     * @param top first row, may be negative
     * @param left first column, may be negative
     */
    public Raster window(int top, int left, int windowHeight, int windowWidth) {
        if (top == 0 && left == 0 && windowHeight == height && windowWidth == width) {
            return this;
        }
        byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(windowHeight, windowWidth), channels)];
        int x0 = Math.max(left, 0);
        int count = Math.min(left + windowWidth, width) - x0;
        for (int y = 0; count > 0 && y < windowHeight; y++) {
            int source = top + y;
            if (source >= 0 && source < height) {
                System.arraycopy(
                        data,
                        (source * width + x0) * channels,
                        out,
                        (y * windowWidth + x0 - left) * channels,
                        count * channels);
            }
        }
        return of(windowHeight, windowWidth, channels, out);
    }

    /**
     * The middle of the picture as torchvision's {@code CenterCrop} cuts it: top = round((H - h) / 2), ties to even, left likewise;
     * a side that is too short is first padded with 0, the smaller half before.
     */
    public Raster centerCrop(int cropHeight, int cropWidth) {
        return window(cropStart(height, cropHeight), cropStart(width, cropWidth), cropHeight, cropWidth);
    }

    /** Where a centred crop of one side starts; negative if the side is shorter than the crop. */
    public static int cropStart(int side, int crop) {
        return crop > side ? -((crop - side) / 2) : (int) Math.rint((side - crop) / 2.0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Raster r
                && height == r.height
                && width == r.width
                && channels == r.channels
                && Arrays.equals(data, r.data);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * (31 * height + width) + channels) + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return "Raster[" + height + "x" + width + "x" + channels + "]";
    }
}
