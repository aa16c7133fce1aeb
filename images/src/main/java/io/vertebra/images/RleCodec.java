package io.vertebra.images;

import java.nio.charset.StandardCharsets;
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
        byte[] characters = text.getBytes(StandardCharsets.UTF_8);
        int[] runs = new int[characters.length];
        return Mask.of(height, width, Arrays.copyOf(runs, runs(characters, runs)));
    }

    /**
     * Writes the run lengths of a text into an array, of which there are at most as many as characters, and gives their
     * number. All in local variables: nearly all the time of reading a file of masks is spent here.
     */
    static int runs(byte[] text, int[] runs) {
        int count = 0;
        int at = 0;
        while (at < text.length) {
            int group = text[at] - FIRST;
            long value = group;
            if (group >= 0 && group < MORE) { // most numbers have one group
                at++;
            } else {
                group = group(text, at++);
                value = group & (MORE - 1);
                int shift = GROUP;
                while ((group & MORE) != 0) {
                    group = group(text, at++);
                    if (shift == GROUP * MOST_GROUPS) {
                        throw new IllegalArgumentException(
                                "mask: the number at character %d is too long".formatted(at));
                    }
                    value |= (long) (group & (MORE - 1)) << shift;
                    shift += GROUP;
                }
                value |= (group & SIGN) == 0 ? 0 : -1L << shift;
                group = 0;
            }
            value -= (group & SIGN) == 0 ? 0 : MORE;
            value += count < 3 ? 0 : runs[count - 2];
            if (value < 0 || value > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("mask: run %d is out of range".formatted(value));
            }
            runs[count++] = (int) value;
        }
        return count;
    }

    private static int group(byte[] text, int at) {
        int group = at < text.length ? text[at] - FIRST : -1;
        if (group < 0 || group >= 2 * MORE) {
            throw fault(text, at);
        }
        return group;
    }

    /** Apart, so that compilers take in the rest where it is called. */
    private static IllegalArgumentException fault(byte[] text, int at) {
        return new IllegalArgumentException(
                at == text.length
                        ? "mask: the text ends within a number"
                        : "mask: character %d is no part of a mask".formatted(at + 1));
    }
}
