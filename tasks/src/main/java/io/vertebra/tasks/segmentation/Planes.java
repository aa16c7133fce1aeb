package io.vertebra.tasks.segmentation;

import io.vertebra.graph.engine.Tensor;
import io.vertebra.images.Size;

/** Pictures (N, C, H, W) of floats at other sizes, mirrored, and cut. */
final class Planes {
    private Planes() {}

    /** The pictures enlarged or reduced by a factor, bilinear without smoothing as OpenCV does it. */
    static Tensor.Floats resized(Tensor.Floats pictures, double factor) {
        int height = Math.max(1, (int) (pictures.shape().h() * factor + 0.5));
        int width = Math.max(1, (int) (pictures.shape().w() * factor + 0.5));
        if (height == pictures.shape().h() && width == pictures.shape().w()) {
            return pictures;
        }
        int n = pictures.shape().n();
        int channels = pictures.shape().c();
        float[] out = new float[Math.multiplyExact(n * channels, Math.multiplyExact(height, width))];
        float[] row = new float[channels * width];
        for (int i = 0; i < n; i++) {
            LogitRows rows = Enlarged.of(StoredLogits.of(pictures, i), new Size(height, width), false);
            for (int y = 0; y < height; y++) {
                rows.row(y, row);
                for (int c = 0; c < channels; c++) {
                    System.arraycopy(row, c * width, out, ((i * channels + c) * height + y) * width, width);
                }
            }
        }
        return Tensor.of(out, n, channels, height, width);
    }

    /** The pictures mirrored left to right. */
    static Tensor.Floats mirrored(Tensor.Floats pictures) {
        int width = pictures.shape().w();
        float[] data = pictures.data();
        float[] out = new float[data.length];
        for (int from = 0; from < data.length; from += width) {
            for (int x = 0; x < width; x++) {
                out[from + width - 1 - x] = data[from + x];
            }
        }
        return new Tensor.Floats(pictures.shape(), out);
    }

    /** A window of the pictures, which must lie inside. */
    static Tensor.Floats window(Tensor.Floats pictures, int top, int left, int height, int width) {
        int n = pictures.shape().n();
        int channels = pictures.shape().c();
        int fullHeight = pictures.shape().h();
        int fullWidth = pictures.shape().w();
        float[] out = new float[n * channels * height * width];
        for (int plane = 0; plane < n * channels; plane++) {
            for (int y = 0; y < height; y++) {
                int from = (plane * fullHeight + top + y) * fullWidth + left;
                System.arraycopy(pictures.data(), from, out, (plane * height + y) * width, width);
            }
        }
        return Tensor.of(out, n, channels, height, width);
    }
}
