package io.vertebra.images;

import java.util.Arrays;
import java.util.List;

/**
 * The way from 8-bit samples to a network's input: {@code (v / 255 − mean) / std}, each channel with its own constants.
 *
 * @param mean of red, green and blue, on the scale [0, 1]
 * @param std of red, green and blue, above 0, on the same scale
 */
public record Normalization(List<Double> mean, List<Double> std) {

    /** The constants of torchvision's ImageNet networks. */
    public static final Normalization IMAGENET =
            new Normalization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

    public Normalization {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != 3 || std.size() != 3) {
            throw new IllegalArgumentException(
                    (mean.size() != 3 ? "mean" : "std") + ": needs three numbers, one a channel");
        }
        for (int c = 0; c < 3; c++) {
            if (!Double.isFinite(mean.get(c))) {
                throw new IllegalArgumentException("mean: must be finite, is " + mean.get(c));
            }
            if (!(std.get(c) > 0 && Double.isFinite(std.get(c)))) {
                throw new IllegalArgumentException("std: must be above 0, is " + std.get(c));
            }
        }
    }

    /** The same constants as a table of 256 values a channel, for many pictures. */
    public Table table() {
        return new Table(this);
    }

    /** Converts pictures with one lookup a sample; safe for use from several threads. */
    public static final class Table {

        private final float[][] values = new float[3][256];

        private Table(Normalization constants) {
            for (int c = 0; c < 3; c++) {
                float mean = constants.mean().get(c).floatValue();
                float std = constants.std().get(c).floatValue();
                for (int v = 0; v < 256; v++) {
                    values[c][v] =
                            (v / 255f - mean) / std; // in floats, as torchvision: the results are equal to the last bit
                }
            }
        }

        /** What each sample becomes: 256 values of red, then of green, then of blue. */
        public float[] values() {
            float[] all = new float[3 * 256];
            for (int c = 0; c < 3; c++) {
                System.arraycopy(values[c], 0, all, 256 * c, 256);
            }
            return all;
        }

        /** Writes an RGB picture as three planes (C, H, W) from {@code offset} on. */
        public void write(Raster image, float[] to, int offset) {
            write(image, to, offset, image.height(), image.width());
        }

        /**
         * Writes an RGB picture at the top left of three planes (C, height, width) from {@code offset} on; the rest of them becomes 0.
         *
         * @param height of the planes, at least the picture's
         * @param width of the planes, at least the picture's
         */
        public void write(Raster image, float[] to, int offset, int height, int width) {
            requireColour(image);
            if (image.height() > height || image.width() > width) {
                throw new IllegalArgumentException(
                        "image: %s does not fit into %dx%d".formatted(image.size(), height, width));
            }
            byte[] data = image.data();
            int plane = height * width;
            int row = 3 * image.width();
            float[] red = values[0];
            float[] green = values[1];
            float[] blue = values[2];
            for (int y = 0; y < image.height(); y++) {
                int p = offset + y * width;
                for (int i = y * row; i < (y + 1) * row; i += 3, p++) {
                    to[p] = red[data[i] & 0xFF];
                    to[p + plane] = green[data[i + 1] & 0xFF];
                    to[p + 2 * plane] = blue[data[i + 2] & 0xFF];
                }
            }
            clear(image, to, offset, height, width);
        }

        private static void requireColour(Raster image) {
            if (image.channels() != 3) {
                throw new IllegalArgumentException("image: needs 3 channels, has " + image.channels());
            }
        }

        /** Copies the samples of an RGB picture, (H, W, C), from {@code offset} on, for {@link #write(byte[], float[], int)}. */
        public void copy(Raster image, byte[] to, int offset) {
            requireColour(image);
            System.arraycopy(image.data(), 0, to, offset, image.data().length);
        }

        /**
         * Writes RGB samples (N, H, W, C), the pictures one after the other, as planes (N, C, H, W).
         *
         * @param plane pixels of a picture
         */
        public void write(byte[] samples, float[] to, int plane) {
            for (int picture = 0; picture < samples.length; picture += 3 * plane) {
                for (int c = 0; c < 3; c++) {
                    float[] channel = values[c];
                    int p = picture + c * plane;
                    for (int i = picture + c; i < picture + 3 * plane; i += 3, p++) {
                        to[p] = channel[samples[i] & 0xFF];
                    }
                }
            }
        }

        private static void clear(Raster image, float[] to, int offset, int height, int width) {
            for (int y = 0; y < 3 * height; y++) {
                int from = offset + y * width;
                boolean inside = y % height < image.height();
                Arrays.fill(to, inside ? from + image.width() : from, from + width, 0);
            }
        }

        /** The picture whose normalised planes (C, H, W) start at {@code offset}: the inverse of {@link #write}, clipped to 0 to 255. */
        public Raster read(float[] from, int offset, int height, int width) {
            int plane = height * width;
            byte[] data = new byte[3 * plane];
            for (int c = 0; c < 3; c++) {
                float zero = values[c][0];
                float range = values[c][255] - zero;
                for (int i = 0; i < plane; i++) {
                    float value = (from[offset + c * plane + i] - zero) / range * 255f;
                    data[3 * i + c] = (byte) Math.max(0, Math.min(255, Math.round(value)));
                }
            }
            return Raster.of(height, width, 3, data);
        }
    }
}
