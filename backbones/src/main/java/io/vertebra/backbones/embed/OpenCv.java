package io.vertebra.backbones.embed;

import io.vertebra.images.Raster;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Pictures of OpenCV for a {@link FeatureExtractor}. Only this class needs OpenCV ({@code org.bytedeco:opencv}), which is an
 * optional dependency: who calls it has it already.
 */
public final class OpenCv {
    private OpenCv() {}

    /**
     * A picture with OpenCV's own order of channels: BGR, BGRA (alpha is dropped) or gray, 8 bits a sample. The samples are
     * copied; the {@code Mat} stays the caller's.
     *
     * @throws IllegalArgumentException if it is empty or of another type
     */
    public static Picture picture(Mat mat) {
        int channels = mat.channels();
        boolean fits = !mat.empty()
                && mat.dims() == 2
                && mat.depth() == opencv_core.CV_8U
                && (channels == 1 || channels == 3 || channels == 4);
        if (!fits) {
            throw new IllegalArgumentException("mat: must be a picture of type CV_8UC3, CV_8UC4 or CV_8UC1, is "
                    + (mat.empty() ? "empty" : "of depth " + mat.depth() + " with " + channels + " channels"));
        }
        int height = mat.rows();
        int width = mat.cols();
        byte[] row = new byte[Math.multiplyExact(width, channels)];
        byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(height, width), 3)];
        for (int y = 0, to = 0; y < height; y++) {
            mat.ptr(y).get(row); // row by row: a part of a larger picture has gaps between them
            for (int from = 0; from < row.length; from += channels) {
                for (int c = 2; c >= 0; c--) {
                    rgb[to++] = row[from + (channels == 1 ? 0 : c)];
                }
            }
        }
        return new Picture.Pixels(Raster.of(height, width, 3, rgb));
    }
}
