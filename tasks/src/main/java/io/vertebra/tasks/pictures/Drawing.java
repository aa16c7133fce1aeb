package io.vertebra.tasks.pictures;

import java.awt.image.BufferedImage;

/** A finished image and its PNG file, which is made once, when it is first asked for. For one thread. */
public final class Drawing {
    private final BufferedImage image;
    private byte[] png;

    /** Nothing may be drawn on the image any more. */
    public Drawing(BufferedImage image) {
        this.image = image;
    }

    /** The image, not to be drawn on. */
    public BufferedImage image() {
        return image;
    }

    /** The file, not to be written into. */
    public byte[] png() {
        if (png == null) {
            png = Pictures.png(image);
        }
        return png;
    }
}
