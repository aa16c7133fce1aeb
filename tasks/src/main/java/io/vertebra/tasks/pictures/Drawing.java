package io.vertebra.tasks.pictures;

import java.awt.image.BufferedImage;

/** A finished image and its file, which is made once, when it is first asked for. For one thread. */
public final class Drawing {

    /** How it is written to a file. */
    public enum Format {
        /** For lines and texts. */
        PNG,
        /** For photos. */
        JPEG
    }

    private final BufferedImage image;
    private final Format format;
    private byte[] file;

    private Drawing(BufferedImage image, Format format) {
        this.image = image;
        this.format = format;
    }

    /** Lines and texts; nothing may be drawn on the image any more. */
    public static Drawing diagram(BufferedImage image) {
        return new Drawing(image, Format.PNG);
    }

    /** Mostly photos; nothing may be drawn on the image any more. */
    public static Drawing photo(BufferedImage image) {
        return new Drawing(image, Format.JPEG);
    }

    /** A small copy of a photo whose longer side has this length. */
    public static Drawing thumbnail(BufferedImage image, int side) {
        return photo(Pictures.fit(image, side));
    }

    /** The image, not to be drawn on. */
    public BufferedImage image() {
        return image;
    }

    /** How the file is written. */
    public Format format() {
        return format;
    }

    /** The file, not to be written into. */
    public byte[] file() {
        if (file == null) {
            file = format == Format.PNG ? Pictures.png(image) : Pictures.jpeg(image);
        }
        return file;
    }
}
