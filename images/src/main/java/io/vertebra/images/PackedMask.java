package io.vertebra.images;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A mask that is kept as its text, in a third of the memory of its runs. Size, area and box are known without unpacking it: most masks of a large
 * file are never compared pixel by pixel.
 *
 * <p>Immutable.
 */
public final class PackedMask {

    private final int height;
    private final int width;
    private final int area;
    private final Box bounds;
    private final byte[] text;

    private PackedMask(Mask mask, byte[] text) {
        this.height = mask.height();
        this.width = mask.width();
        this.area = mask.area();
        this.bounds = mask.bounds().orElse(null);
        this.text = text;
    }

    /** Packs a mask. */
    public static PackedMask of(Mask mask) {
        return new PackedMask(mask, RleCodec.encode(mask).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A mask whose text is at hand.
     *
     * @throws IllegalArgumentException as {@link RleCodec#decode}
     */
    public static PackedMask of(int height, int width, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new PackedMask(RleCodec.decode(height, width, bytes), bytes);
    }

    /** Rows. */
    public int height() {
        return height;
    }

    /** Columns. */
    public int width() {
        return width;
    }

    /** How many pixels lie inside. */
    public int area() {
        return area;
    }

    /** The smallest box around the pixels inside; empty for an empty mask. */
    public Optional<Box> bounds() {
        return Optional.ofNullable(bounds);
    }

    /** The text, as {@link RleCodec#encode} writes it. */
    public String text() {
        return new String(text, StandardCharsets.UTF_8);
    }

    /** The mask, made anew by each call. */
    public Mask unpacked() {
        return RleCodec.decode(height, width, text);
    }
}
