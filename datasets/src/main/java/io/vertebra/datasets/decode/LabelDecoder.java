package io.vertebra.datasets.decode;

import io.vertebra.datasets.DatasetException;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Size;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads label maps: PNG files whose samples are numbers of classes, gray or with a palette, of which the colours do not matter.
 *
 * <p>1, 2, 4 or 8 bits a sample, each taken as it is stored. Colours, alpha, 16 bits and lossy formats are refused, since a number of a class
 * cannot be had from them. EXIF orientation is not looked at.
 *
 * <p>Safe for use from several threads.
 */
public final class LabelDecoder {

    private static final int GRAY = 0;
    private static final int PALETTE = 3;

    /**
     * The map in a file.
     *
     * @throws DatasetException {@code file: reason} if there is none or it is broken
     */
    public LabelMap read(Path file) {
        Source source = ImageFiles.read(file);
        return decode(source, inspect(source));
    }

    /**
     * The map that belongs to a picture.
     *
     * @param picture the size that it must have, decided before any of it is decoded
     * @throws DatasetException {@code file: reason} if it has another size too
     */
    public LabelMap read(Path file, Size picture) {
        Source source = ImageFiles.read(file);
        Inspected inspected = inspect(source);
        requireSize(source, inspected, picture);
        return decode(source, inspected);
    }

    private static Inspected inspect(Source source) {
        Inspected inspected = Signature.inspect(source);
        if (inspected.format() == Inspected.Format.JPEG) {
            throw source.broken("is a JPEG, which smears the numbers of classes; a label map must be a PNG");
        }
        if (inspected.format() != Inspected.Format.PNG) {
            throw source.broken("is a " + inspected.format() + "; a label map must be a PNG");
        }
        int bits = source.u8(24);
        int colour = source.u8(25);
        if (colour != GRAY && colour != PALETTE) {
            String found = colour == 2 ? "RGB" : colour == 6 ? "RGBA" : "gray with alpha";
            throw source.broken(
                    "is " + found + "; a label map must be gray or have a palette, one class number a pixel");
        }
        if (bits > 8) {
            throw source.broken("has " + bits + " bits a pixel; a label map has at most 8");
        }
        return inspected;
    }

    private static void requireSize(Source source, Inspected label, Size picture) {
        if (label.height() == picture.height() && label.width() == picture.width()) {
            return;
        }
        boolean transposed = label.height() == picture.width() && label.width() == picture.height();
        throw source.broken("%s %dx%d, its picture has %dx%d"
                .formatted(
                        transposed ? "is transposed: it has" : "has another size than its picture: it has",
                        label.width(),
                        label.height(),
                        picture.width(),
                        picture.height()));
    }

    private static LabelMap decode(Source source, Inspected file) {
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next(); // every Java has one
        try (MemoryCacheImageInputStream stream = new MemoryCacheImageInputStream(
                new ByteArrayInputStream(file.pixels().data()))) {
            reader.setInput(stream, true, true);
            Raster raster = reader.read(0).getRaster();
            byte[] data = new byte[Math.multiplyExact(file.height(), file.width())];
            int[] row = new int[file.width()];
            for (int y = 0; y < file.height(); y++) {
                raster.getPixels(0, y, file.width(), 1, row);
                for (int x = 0; x < row.length; x++) {
                    data[y * row.length + x] = (byte) row[x];
                }
            }
            return LabelMap.of(file.height(), file.width(), data);
        } catch (IOException | RuntimeException e) { // whatever the reader throws on files that it cannot take
            throw new DatasetException(source.name(), "", "is a damaged PNG: its pixels cannot be decoded", e);
        } finally {
            reader.dispose();
        }
    }
}
