package io.vertebra.datasets;

import io.vertebra.images.Raster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/** Picture files for tests, written by OpenCV. */
public final class Pictures {

    private Pictures() {}

    /**
     * The bytes of a file with this picture.
     *
     * @param extension such as {@code .jpg}
     * @param parameters pairs of OpenCV's {@code IMWRITE_} keys and values
     */
    public static byte[] encode(String extension, Raster image, int... parameters) {
        byte[] bgr = image.data().clone();
        for (int i = 0; image.channels() == 3 && i < bgr.length; i += 3) {
            bgr[i] = image.data()[i + 2];
            bgr[i + 2] = image.data()[i];
        }
        int type = image.channels() == 3 ? opencv_core.CV_8UC3 : opencv_core.CV_8UC1;
        try (BytePointer pixels = new BytePointer(bgr);
                Mat mat = new Mat(image.height(), image.width(), type, pixels);
                BytePointer encoded = new BytePointer();
                IntPointer pairs = new IntPointer(parameters)) {
            opencv_imgcodecs.imencode(extension, mat, encoded, pairs);
            byte[] bytes = new byte[(int) encoded.limit()];
            encoded.get(bytes);
            return bytes;
        }
    }

    /** A picture of one colour. */
    public static Raster plain(int height, int width, int red, int green, int blue) {
        byte[] data = new byte[height * width * 3];
        for (int i = 0; i < data.length; i += 3) {
            data[i] = (byte) red;
            data[i + 1] = (byte) green;
            data[i + 2] = (byte) blue;
        }
        return Raster.of(height, width, 3, data);
    }

    /** A smooth picture with some structure, which lossy formats keep well. */
    public static Raster smooth(int height, int width, int channels) {
        byte[] data = new byte[height * width * channels];
        for (int i = 0; i < data.length; i++) {
            int y = i / channels / width;
            int x = i / channels % width;
            data[i] = (byte) (128 + 90 * Math.sin(0.21 * y + 0.13 * x + i % channels));
        }
        return Raster.of(height, width, channels, data);
    }

    /** Writes a PNG, and the folders above it. */
    public static Path png(Path file, Raster image) {
        return write(file, encode(".png", image));
    }

    /** Writes a file, and the folders above it. */
    public static Path write(Path file, byte... bytes) {
        try {
            Files.createDirectories(file.getParent());
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes without those from {@code from} to {@code to}, others in their place. */
    public static byte[] replaced(byte[] bytes, int from, int to, byte... by) {
        byte[] result = Arrays.copyOf(bytes, bytes.length - (to - from) + by.length);
        System.arraycopy(by, 0, result, from, by.length);
        System.arraycopy(bytes, to, result, from + by.length, bytes.length - to);
        return result;
    }
}
