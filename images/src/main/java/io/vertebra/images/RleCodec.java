package io.vertebra.images;

import java.util.Arrays;

/**
 * Masks as COCO writes them in JSON: the run lengths in printable characters.
 *
 * <p>A number is written in groups of five bits, the lowest first, each group as the character of code 48 + group, + 32 if another one follows; the
 * last group's highest bit is the sign. From the fourth run on, the difference to the run two places before is written: outside and inside runs
 * of neighbouring columns are alike.
 */
public final class RleCodec {

    private static final int FIRST = 48;
    private static final int MORE = 32;
    private static final int SIGN = 16;
    private static final int GROUP = 5;
    /** Differences of two numbers of 31 bits have 32 bits and a sign: seven groups. */
    private static final int MOST_GROUPS = 7;

    private RleCodec() {}

    /** The text of a mask. */
    public static String encode(Mask mask) {
        int[] runs = mask.own();
        StringBuilder text = new StringBuilder(2 * runs.length);
        for (int i = 0; i < runs.length; i++) {
            long value = i < 3 ? runs[i] : (long) runs[i] - runs[i - 2];
            boolean more = true;
            while (more) {
                int group = (int) (value & (MORE - 1));
                value >>= GROUP;
                more = value != ((group & SIGN) == 0 ? 0 : -1);
                text.append((char) (FIRST + group + (more ? MORE : 0)));
            }
        }
        return text.toString();
    }

    /**
     * The mask of a text.
     *
     * @throws IllegalArgumentException if it is no such text, or its runs do not fill the mask
     */
    public static Mask decode(int height, int width, String text) {
        int[] runs = new int[text.length()]; // a run has a character at least
        int count = 0;
        int at = 0;
        while (at < text.length()) {
            long value = 0;
            int group;
            int groups = 0;
            do {
                if (at == text.length()) {
                    throw new IllegalArgumentException("mask: the text ends within a number");
                }
                group = text.charAt(at++) - FIRST;
                if (group < 0 || group >= 2 * MORE) {
                    throw new IllegalArgumentException("mask: character %d is no part of a mask".formatted(at));
                }
                if (groups == MOST_GROUPS) {
                    throw new IllegalArgumentException("mask: the number at character %d is too long".formatted(at));
                }
                value |= (long) (group & (MORE - 1)) << (GROUP * groups++);
            } while ((group & MORE) != 0);
            if ((group & SIGN) != 0) {
                value |= -1L << (GROUP * groups);
            }
            value += count < 3 ? 0 : runs[count - 2];
            if (value < 0 || value > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("mask: run %d is out of range".formatted(value));
            }
            runs[count++] = (int) value;
        }
        return Mask.of(height, width, Arrays.copyOf(runs, count));
    }
}
