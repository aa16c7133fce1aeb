package io.vertebra.backbones.embed;

import io.vertebra.images.Exif;
import io.vertebra.images.Raster;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Pictures that the JDK can read, as upright 8-bit RGB: samples as stored, alpha dropped, EXIF orientation applied. */
final class Photos {
    private static final String INSTEAD = "; decode it with OpenCV and hand in OpenCv.picture(mat)";
    private static final long LARGEST_FILE = 1L << 30;
    /** Pillow's limit, beyond which a picture counts as a trap. */
    static final long MOST_PIXELS = 178_956_970;

    private Photos() {}

    /**
     * The picture in a file.
     *
     * @throws PictureException if there is none, or none that the JDK reads
     */
    static Raster read(Path file) {
        byte[] bytes = bytes(file);
        try (MemoryCacheImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                throw new PictureException(file, "is no picture that the JDK reads" + INSTEAD, null);
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(stream, true, true);
                long pixels = (long) reader.getHeight(0) * reader.getWidth(0);
                if (pixels > MOST_PIXELS) {
                    throw new PictureException(
                            file, "has " + pixels + " pixels, more than " + MOST_PIXELS + ", which are allowed", null);
                }
                BufferedImage image = reader.read(0);
                if (image.getRaster().getNumBands() == 4
                        && reader.getFormatName().equalsIgnoreCase("jpeg")) {
                    // the JDK takes CMYK for RGB with alpha
                    throw new PictureException(file, "is a CMYK JPEG, which the JDK does not read" + INSTEAD, null);
                }
                return raster(image).upright(Exif.read(ExifBlock.of(bytes)).orientation());
            } finally {
                reader.dispose();
            }
        } catch (PictureException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // on damaged files the JDK's readers throw whatever comes
            throw new PictureException(file, "cannot be decoded by the JDK (" + e.getMessage() + ")" + INSTEAD, e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw new PictureException(file, "is larger than a picture may be, 1 GiB", null);
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new PictureException(file, "does not exist", e);
        } catch (IOException e) {
            throw new PictureException(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** A picture as RGB, without the conversions of gray and of profiles that {@code getRGB} does. */
    static Raster raster(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(height, width), 3)];
        if (hasPlainSamples(image)) {
            samples(image, out);
        } else {
            int[] row = new int[width];
            for (int y = 0, to = 0; y < height; y++) {
                image.getRGB(0, y, width, 1, row, 0, width);
                for (int rgb : row) {
                    out[to++] = (byte) (rgb >> 16);
                    out[to++] = (byte) (rgb >> 8);
                    out[to++] = (byte) rgb;
                }
            }
        }
        return Raster.of(height, width, 3, out);
    }

    /** Whether the samples are gray or RGB of 8 or 16 bits, so that they can be taken as they are stored. */
    private static boolean hasPlainSamples(BufferedImage image) {
        ColorModel model = image.getColorModel();
        int[] bits = image.getSampleModel().getSampleSize();
        int type = model.getColorSpace().getType();
        return !(model instanceof IndexColorModel)
                && !model.isAlphaPremultiplied()
                && (type == ColorSpace.TYPE_RGB || type == ColorSpace.TYPE_GRAY)
                && (Arrays.stream(bits).allMatch(b -> b == 8)
                        || Arrays.stream(bits).allMatch(b -> b == 16));
    }

    private static void samples(BufferedImage image, byte[] out) {
        java.awt.image.Raster raster = image.getRaster();
        int bands = raster.getNumBands();
        boolean isGray = bands < 3;
        int shift = image.getSampleModel().getSampleSize(0) - 8;
        int[] row = new int[image.getWidth() * bands];
        for (int y = 0, to = 0; y < image.getHeight(); y++) {
            raster.getPixels(0, y, image.getWidth(), 1, row);
            for (int from = 0; from < row.length; from += bands) {
                for (int c = 0; c < 3; c++) {
                    out[to++] = (byte) (row[from + (isGray ? 0 : c)] >> shift);
                }
            }
        }
    }
}
