package io.vertebra.datasets.decode;

import io.vertebra.images.Raster;
import java.nio.file.Path;

/**
 * Reads JPEG, PNG, WebP, BMP, GIF and TIFF files as upright 8-bit RGB.
 *
 * <p>The format follows from the content, not from the name. EXIF orientation is applied; alpha is dropped and colours are kept as stored; gray is
 * repeated; of 16 bits a sample the high byte is kept; CMYK is converted without its profile; of animations the first frame is used. A picture
 * that is not whole is an error, never partly gray. At most 2^20 pixels a side and 178,956,970 in all, decided before any are decoded.
 *
 * <p>Safe for use from several threads.
 */
public final class ImageDecoder {

    /**
     * The picture in a file.
     *
     * @throws io.vertebra.datasets.DatasetException {@code file: reason} if there is none or it is broken
     */
    public Raster read(Path file) {
        return decode(ImageFiles.read(file));
    }

    /**
     * The picture in a file that is in memory already.
     *
     * @param name stands for the file in errors
     */
    public Raster decode(String name, byte[] bytes) {
        return decode(new Source(name, bytes));
    }

    static Raster decode(Source source) {
        return decode(source, Signature.inspect(source));
    }

    static Raster decode(Source source, Inspected file) {
        Raster stored = switch (file.format()) {
            case JPEG, PNG, WEBP, BMP -> NativeCodec.decode(source, file);
            case GIF, TIFF -> JavaCodec.decode(source, file);
        };
        return stored.upright(file.orientation());
    }
}
