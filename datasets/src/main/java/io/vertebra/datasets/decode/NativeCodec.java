package io.vertebra.datasets.decode;

import io.vertebra.images.Raster;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * OpenCV's decoders, fed with files whose structure was checked.
 *
 * <p>Colours as stored: alpha is dropped, palettes are looked up, of 16 bits the high byte is kept. Native memory is freed before each call returns.
 */
final class NativeCodec {

    private static final int FLAGS = opencv_imgcodecs.IMREAD_COLOR_RGB
            | opencv_imgcodecs.IMREAD_ANYDEPTH
            | opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;

    private NativeCodec() {}

    /** The stored picture as RGB. */
    static Raster decode(Source source, Inspected file) {
        byte[] bytes = file.pixels().data();
        try (BytePointer pointer = new BytePointer(bytes);
                Mat encoded = new Mat(1, bytes.length, opencv_core.CV_8UC1, pointer);
                Mat decoded = opencv_imgcodecs.imdecode(encoded, FLAGS)) {
            if (decoded.empty()) {
                throw source.broken("is a damaged " + file.format() + ": its pixels cannot be decoded");
            }
            if (decoded.rows() != file.height() || decoded.cols() != file.width() || decoded.channels() != 3) {
                throw source.broken("decodes to %dx%d, its header says %dx%d"
                        .formatted(decoded.cols(), decoded.rows(), file.width(), file.height()));
            }
            byte[] samples = new byte[Math.multiplyExact(file.height() * file.width(), 3)];
            if (decoded.depth() == opencv_core.CV_8U) {
                decoded.data().get(samples);
            } else if (decoded.depth() == opencv_core.CV_16U) {
                short[] wide = new short[samples.length];
                new ShortPointer(decoded.data()).get(wide);
                for (int i = 0; i < wide.length; i++) {
                    samples[i] = (byte) (wide[i] >> 8);
                }
            } else {
                throw source.broken("has samples that are neither 8 nor 16 bits wide");
            }
            return Raster.of(file.height(), file.width(), 3, samples);
        }
    }
}
