package io.vertebra.images;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
    private final Extent extent;
    private final byte[] text;

    private PackedMask(int height, int width, byte[] text) {
        int[] runs = new int[text.length];
        this.height = height;
        this.width = width;
        this.extent = Extent.of(height, width, runs, RleCodec.runs(text, runs));
        this.text = text;
    }

    /** Packs a mask. */
    public static PackedMask of(Mask mask) {
        return of(mask.height(), mask.width(), RleCodec.encode(mask));
    }

    /**
     * A mask whose text is at hand.
     *
     * @throws IllegalArgumentException as {@link RleCodec#decode}
     */
    public static PackedMask of(int height, int width, String text) {
        return of(height, width, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The same of characters in UTF-8, an array that it takes over. */
    public static PackedMask of(int height, int width, byte[] text) {
        return new PackedMask(height, width, text);
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
        return extent.area();
    }

    /** The smallest box around the pixels inside; empty for an empty mask. */
    public Optional<Box> bounds() {
        return extent.bounds();
    }

    /** The text, as {@link RleCodec#encode} writes it. */
    public String text() {
        return new String(text, StandardCharsets.UTF_8);
    }

    /** The mask, made anew by each call. */
    public Mask unpacked() {
        int[] runs = new int[text.length];
        int count = RleCodec.runs(text, runs);
        return new Mask(height, width, Arrays.copyOf(runs, count), extent);
    }
}
