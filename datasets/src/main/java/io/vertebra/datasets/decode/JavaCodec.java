package io.vertebra.datasets.decode;

import io.vertebra.datasets.DatasetException;
import io.vertebra.images.Raster;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The JDK's decoders for TIFF and GIF: OpenCV's return half-decoded pictures of these and print why.
 *
 * <p>Samples are taken as stored, without the colour conversions of {@code BufferedImage.getRGB}. Java 17 gets interlaced GIFs of two to
 * four rows wrong; nobody is known to have any.
 */
final class JavaCodec {

    /** Below this, memory is no matter. */
    private static final long FEW_PIXELS = 1 << 24;
    /** More pixels a byte than the codings of these formats reach on anything but a trap; empty fax pages, perhaps. */
    private static final long MOST_PIXELS_A_BYTE = 4096;

    private JavaCodec() {}

    /** The first page or frame as RGB; a frame smaller than its GIF's screen stands on black. */
    static Raster decode(Source source, Inspected file) {
        Iterator<ImageReader> readers =
                ImageIO.getImageReadersByFormatName(file.format().name().toLowerCase(Locale.ROOT));
        if (!readers.hasNext()) {
            throw source.broken("is a " + file.format() + ", for which this Java has no reader");
        }
        long pixels = (long) file.height() * file.width();
        if (pixels > FEW_PIXELS && pixels / source.length() > MOST_PIXELS_A_BYTE) {
            throw source.broken("declares %d megapixels in %d bytes".formatted(pixels / 1_000_000, source.length()));
        }
        ImageReader reader = readers.next();
        try (MemoryCacheImageInputStream stream = new MemoryCacheImageInputStream(
                new ByteArrayInputStream(file.pixels().data()))) {
            reader.setInput(stream, true, true);
            BufferedImage image = reader.read(0);
            if (image.getHeight() > file.height() || image.getWidth() > file.width()) {
                throw source.broken("has a frame larger than the picture");
            }
            return Raster.of(image.getHeight(), image.getWidth(), 3, samples(source, image))
                    .window(0, 0, file.height(), file.width());
        } catch (DatasetException e) {
            throw e;
        } catch (IOException
                | RuntimeException e) { // on damaged files these readers throw whatever comes, null pointers too
            throw new DatasetException(
                    source.name(), "", "is a damaged " + file.format() + ": its pixels cannot be decoded", e);
        } finally {
            reader.dispose();
        }
    }

    private static byte[] samples(Source source, BufferedImage image) {
        java.awt.image.Raster raster = image.getRaster();
        int width = image.getWidth();
        int height = image.getHeight();
        int bands = raster.getNumBands();
        int bits = raster.getSampleModel().getSampleSize(0);
        IndexColorModel palette = image.getColorModel() instanceof IndexColorModel model ? model : null;
        if (palette == null && bits != 8 && bits != 16) {
            throw source.broken("has samples that are neither 8 nor 16 bits wide");
        }
        byte[] out = new byte[Math.multiplyExact(height * width, 3)];
        int[] row = new int[width * bands];
        for (int y = 0; y < height; y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                int to = (y * width + x) * 3;
                for (int c = 0; c < 3; c++) {
                    int value = row[x * bands + (bands >= 3 ? c : 0)];
                    if (palette != null) {
                        value = (palette.getRGB(value) >> (16 - 8 * c)) & 0xFF;
                    }
                    out[to + c] = (byte) (palette == null && bits == 16 ? value >> 8 : value);
                }
            }
        }
        return out;
    }
}
