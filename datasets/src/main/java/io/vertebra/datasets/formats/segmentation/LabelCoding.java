package io.vertebra.datasets.formats.segmentation;

import io.vertebra.datasets.Check;
import io.vertebra.datasets.DatasetException;
import io.vertebra.images.LabelMap;

/**
 * How the numbers in label files become classes: the one place where zero is reduced and other ways to say "ignored" end.
 *
 * <p>As mmsegmentation: with {@code reduceZero} 0 becomes 255 and every other number but 255 one less; then {@code ignore} becomes 255. What is
 * neither 255 nor below {@code classes} after that is an error.
 *
 * @param classes how many there are, 1 to 255
 * @param ignore the number that stands for pixels without an answer, beside 255
 * @param reduceZero whether classes are stored from 1 on, and 0 stands for pixels without an answer
 */
public record LabelCoding(int classes, int ignore, boolean reduceZero) {

    private static final int VALUES = 256;
    private static final int INVALID = -1;

    public LabelCoding {
        Check.that(classes >= 1 && classes < VALUES, "classes", "must be 1 to 255, are %d", classes);
        Check.that(ignore >= 0 && ignore < VALUES, "ignore_index", "must lie in [0, 255], is %d", ignore);
    }

    /** Classes as they are stored, 255 for pixels without an answer. */
    public static LabelCoding plain(int classes) {
        return new LabelCoding(classes, LabelMap.IGNORE, false);
    }

    /**
     * The map of classes.
     *
     * @param file for the error
     * @throws DatasetException {@code file: pixel (x,y): reason} at the first number that stands for nothing
     */
    public LabelMap decode(String file, LabelMap stored) {
        int[] table = new int[VALUES];
        for (int value = 0; value < VALUES; value++) {
            table[value] = decode(value);
        }
        byte[] data = new byte[stored.data().length];
        for (int i = 0; i < data.length; i++) {
            int value = table[stored.data()[i] & 0xFF];
            if (value == INVALID) {
                throw outOfRange(file, stored, i);
            }
            data[i] = (byte) value;
        }
        return LabelMap.of(stored.height(), stored.width(), data);
    }

    /** The class that a stored number stands for, 255 for none, -1 if it stands for nothing. */
    public int decode(int stored) {
        int value = stored;
        if (reduceZero && stored != LabelMap.IGNORE) {
            value = stored == 0 ? LabelMap.IGNORE : stored - 1;
        }
        if (value == ignore || value == LabelMap.IGNORE) {
            return LabelMap.IGNORE;
        }
        return value < classes ? value : INVALID;
    }

    /** The numbers that files may hold, for people. */
    public String allowed() {
        int last = reduceZero ? classes : classes - 1;
        int second = reduceZero ? ignore + 1 : ignore;
        String also = ignore == LabelMap.IGNORE || second <= last ? "" : ", " + second;
        return "0 to " + last + also + " and 255";
    }

    private DatasetException outOfRange(String file, LabelMap stored, int at) {
        String position = "pixel (%d,%d)".formatted(at % stored.width(), at / stored.width());
        int value = stored.data()[at] & 0xFF;
        return new DatasetException(
                file,
                position,
                "has the label %d; with %d classes%s only %s are allowed"
                        .formatted(value, classes, reduceZero ? " and reduce_zero_label" : "", allowed()),
                null);
    }
}
