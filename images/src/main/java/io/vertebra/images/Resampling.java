package io.vertebra.images;

import java.util.Arrays;

/**
 * Antialiased resizing, bit for bit as Pillow's {@code Image.resize} does it.
 *
 * <p>Two passes, across and then down, each rounded and clipped to 8 bits; a pass along an axis whose size stays is left out. With
 * {@code scale = in / out}, {@code fs = max(scale, 1)}, {@code centre = (i + 0.5) · scale} the samples from
 * {@code ⌊centre − radius·fs + 0.5⌋} to {@code ⌊centre + radius·fs + 0.5⌋} (clamped to the picture) are weighted with
 * {@code f((k − centre + 0.5) / fs)}, the weights normalised to sum 1 and rounded to multiples of 2⁻²². Networks trained by torchvision and
 * timm saw pictures resized so; another filter costs them accuracy.
 */
public final class Resampling {

    private static final int BITS = 22;

    private Resampling() {}

    /**
     * The picture at another size.
     *
     * @throws IllegalArgumentException if a size is below 1
     */
    public static Raster resize(Raster image, int height, int width, Interpolation filter) {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("size: must be at least 1x1, is " + height + "x" + width);
        }
        Raster result = image;
        if (width != image.width()) {
            result = across(result, width, Weights.of(image.width(), width, filter));
        }
        if (height != image.height()) {
            result = down(result, height, Weights.of(image.height(), height, filter));
        }
        return result;
    }

    /** The picture with its shorter side resized to {@code side}, the ratio kept, as torchvision's {@code Resize(side)}. */
    public static Raster resizeShort(Raster image, int side, Interpolation filter) {
        Size size = shortSize(image.size(), side);
        return resize(image, size.height(), size.width(), filter);
    }

    /** The size that {@link #resizeShort} gives: the long side is {@code ⌊side · long / short⌋}. */
    public static Size shortSize(Size size, int side) {
        int small = Math.min(size.height(), size.width());
        int large = Math.max(size.height(), size.width());
        int scaled = Math.toIntExact((long) side * large / small);
        return size.height() <= size.width() ? new Size(side, scaled) : new Size(scaled, side);
    }

    private static Raster across(Raster image, int width, Weights weights) {
        int channels = image.channels();
        int inRow = image.width() * channels;
        int outRow = width * channels;
        byte[] in = image.data();
        byte[] out = new byte[Math.multiplyExact(image.height(), outRow)];
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < width; x++) {
                int first = weights.first[x];
                int count = weights.count[x];
                int weight = x * weights.stride;
                int to = y * outRow + x * channels;
                for (int c = 0; c < channels; c++) {
                    int sum = 1 << (BITS - 1);
                    int from = y * inRow + first * channels + c;
                    for (int k = 0; k < count; k++, from += channels) {
                        sum += weights.values[weight + k] * (in[from] & 0xFF);
                    }
                    out[to + c] = clip(sum);
                }
            }
        }
        return Raster.of(image.height(), width, channels, out);
    }

    private static Raster down(Raster image, int height, Weights weights) {
        int row = image.width() * image.channels();
        byte[] in = image.data();
        byte[] out = new byte[Math.multiplyExact(height, row)];
        int[] sums = new int[row];
        for (int y = 0; y < height; y++) {
            Arrays.fill(sums, 1 << (BITS - 1));
            for (int k = 0; k < weights.count[y]; k++) {
                int weight = weights.values[y * weights.stride + k];
                int from = (weights.first[y] + k) * row;
                for (int i = 0; i < row; i++) {
                    sums[i] += weight * (in[from + i] & 0xFF);
                }
            }
            for (int i = 0; i < row; i++) {
                out[y * row + i] = clip(sums[i]);
            }
        }
        return Raster.of(height, image.width(), image.channels(), out);
    }

    private static byte clip(int sum) {
        return (byte) Math.max(0, Math.min(255, sum >> BITS));
    }

    /** Of every output index its first input index, how many follow, and their integer weights from {@code index · stride} on. */
    private static final class Weights {

        private final int[] first;
        private final int[] count;
        private final int stride;
        private final int[] values;

        private Weights(int out, int stride) {
            this.first = new int[out];
            this.count = new int[out];
            this.stride = stride;
            this.values = new int[Math.multiplyExact(out, stride)];
        }

        static Weights of(int in, int out, Interpolation filter) {
            double scale = (double) in / out;
            double filterScale = Math.max(scale, 1);
            double support = filter.radius() * filterScale;
            Weights result = new Weights(out, Math.min((int) Math.ceil(support) * 2 + 1, in));
            double[] row = new double[result.stride];
            for (int i = 0; i < out; i++) {
                double centre = (i + 0.5) * scale;
                int first = Math.max((int) (centre - support + 0.5), 0);
                int count = Math.min((int) (centre + support + 0.5), in) - first;
                double sum = 0;
                for (int k = 0; k < count; k++) {
                    row[k] = filter.weight((k + first - centre + 0.5) / filterScale);
                    sum += row[k];
                }
                result.first[i] = first;
                result.count[i] = count;
                for (int k = 0; k < count; k++) {
                    double weight = row[k] / sum;
                    result.values[i * result.stride + k] = (int) (weight * (1 << BITS) + (weight < 0 ? -0.5 : 0.5));
                }
            }
            return result;
        }
    }
}
