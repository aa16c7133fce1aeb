package io.vertebra.datasets;

import java.util.List;

/**
 * The colour of each class, as {@code 0xRRGGBB}; begins anew where there are more classes than colours.
 *
 * @param colours at least one
 */
public record Palette(List<Integer> colours) {

    /** The 256 colours of Pascal VOC: black, dark red, dark green, olive, ...; the bits of the number spread over the high bits of three channels. */
    public static final Palette STANDARD = new Palette(standard());

    public Palette {
        colours = List.copyOf(colours);
        if (colours.isEmpty() || colours.stream().anyMatch(colour -> colour < 0 || colour > 0xFFFFFF)) {
            throw new IllegalArgumentException("palette: needs colours from 0x000000 to 0xFFFFFF, has " + colours);
        }
    }

    /** The colour of a class, {@code 0xRRGGBB}. */
    public int colour(int classIndex) {
        return colours.get(classIndex % colours.size());
    }

    private static List<Integer> standard() {
        Integer[] colours = new Integer[256];
        for (int i = 0; i < colours.length; i++) {
            int colour = 0;
            for (int bit = 0; bit < 8; bit++) {
                // bits 0, 3, 6 make red from its highest bit down, 1, 4, 7 green, 2, 5 blue
                int shift = 16 - 8 * (bit % 3) + 7 - bit / 3;
                colour |= (i >> bit & 1) << shift;
            }
            colours[i] = colour;
        }
        return List.of(colours);
    }
}
