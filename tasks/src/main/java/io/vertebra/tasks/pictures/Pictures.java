package io.vertebra.tasks.pictures;

import io.vertebra.images.LabelMap;
import io.vertebra.images.Raster;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Rasters as Java's images and images as files. */
public final class Pictures {
    private static final float JPEG_QUALITY = 0.92f;

    private Pictures() {}

    /** An RGB copy. */
    public static BufferedImage of(Raster raster) {
        BufferedImage image = new BufferedImage(raster.width(), raster.height(), BufferedImage.TYPE_INT_RGB);
        int blue = raster.channels() - 1; // gray has one channel for all three
        int green = blue / 2;
        for (int y = 0; y < raster.height(); y++) {
            for (int x = 0; x < raster.width(); x++) {
                int rgb = raster.at(y, x, 0) << 16 | raster.at(y, x, green) << 8 | raster.at(y, x, blue);
                image.setRGB(x, y, rgb);
            }
        }
        return image;
    }

    /** The picture at another size, with the same aspect ratio, so that its longer side has this length. */
    public static BufferedImage fit(BufferedImage image, int side) {
        double scale = (double) side / Math.max(image.getWidth(), image.getHeight());
        int width = Math.max(1, (int) Math.round(image.getWidth() * scale));
        int height = Math.max(1, (int) Math.round(image.getHeight() * scale));
        BufferedImage current = image;
        while (current.getWidth() > 2 * width && current.getHeight() > 2 * height) { // halves: no aliasing
            current = scale(current, current.getWidth() / 2, current.getHeight() / 2);
        }
        return scale(current, width, height);
    }

    /** The picture, enlarged or reduced where its longer side would be too short or too long. */
    public static BufferedImage within(BufferedImage image, int least, int most) {
        int longer = Math.max(image.getWidth(), image.getHeight());
        int side = Math.max(least, Math.min(most, longer));
        return side == longer ? image : fit(image, side);
    }

    private static BufferedImage scale(BufferedImage image, int width, int height) {
        BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = scaled.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        g.drawImage(image, 0, 0, width, height, null);
        g.dispose();
        return scaled;
    }

    /** A PNG file. */
    public static byte[] png(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * A PNG file with a palette, whose indices are the values of the map.
     *
     * @param colours {@code 0xRRGGBB} of each value; they begin anew behind the last
     */
    public static byte[] indexed(LabelMap map, List<Integer> colours) {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            table[i] = colours.get(i % colours.size());
        }
        IndexColorModel palette = new IndexColorModel(8, table.length, table, 0, false, -1, DataBuffer.TYPE_BYTE);
        BufferedImage image = new BufferedImage(map.width(), map.height(), BufferedImage.TYPE_BYTE_INDEXED, palette);
        image.getRaster().setDataElements(0, 0, map.width(), map.height(), map.data());
        return png(image);
    }

    /** A JPEG file of good quality. */
    public static byte[] jpeg(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            parameters.setCompressionQuality(JPEG_QUALITY);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
