package io.vertebra.backbones.embed;

import io.vertebra.images.Raster;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Objects;

/** A picture in one of the forms that a {@link FeatureExtractor} takes; {@link OpenCv#picture} makes one of a {@code Mat}. */
public sealed interface Picture {

    /**
     * A file, which is read when its features are asked for, by the thread that asks.
     *
     * @param path JPEG, PNG, BMP, GIF or TIFF
     */
    record File(Path path) implements Picture {
        /** Needs a path. */
        public File {
            Objects.requireNonNull(path, "path");
        }
    }

    /**
     * Samples of 8 bits, RGB or gray.
     *
     * @param raster the upright picture
     */
    record Pixels(Raster raster) implements Picture {
        /** Needs a raster. */
        public Pixels {
            Objects.requireNonNull(raster, "raster");
        }
    }

    /**
     * Planes (C, H, W) that are resized and normalised already; they are fed as they are.
     *
     * @param values of as many channels as the network takes, not copied
     * @param height of a plane
     * @param width of a plane
     */
    @SuppressWarnings("ArrayRecordComponent") // the planes are their array; they are compared by no one
    record Planes(float[] values, int height, int width) implements Picture {
        /** Checks that there are whole planes. */
        public Planes {
            if (height < 1
                    || width < 1
                    || values.length == 0
                    || values.length % Math.multiplyExact((long) height, width) != 0) {
                throw new IllegalArgumentException(
                        "pixels: %d values are no planes of %dx%d".formatted(values.length, height, width));
            }
        }
    }

    /** A file, which is read when its features are asked for. */
    static Picture of(Path file) {
        return new File(file);
    }

    /** A picture of the JDK; alpha is dropped. */
    static Picture of(BufferedImage image) {
        return new Pixels(Photos.raster(image));
    }

    /** Samples of 8 bits, RGB or gray. */
    static Picture of(Raster raster) {
        return new Pixels(raster);
    }

    /** Planes (C, H, W) that are resized and normalised already. */
    static Picture of(float[] pixels, int height, int width) {
        return new Planes(pixels, height, width);
    }
}
