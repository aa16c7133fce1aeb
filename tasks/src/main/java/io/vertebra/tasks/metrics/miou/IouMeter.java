package io.vertebra.tasks.metrics.miou;

import io.vertebra.graph.op.Check;
import io.vertebra.images.LabelMap;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Counts over any number of label maps how often each class was taken for each other one. For one thread.
 *
 * <p>Counts are summed over all maps first and divided then, as mmsegmentation's {@code IoUMetric} does. Only the truth decides which pixels are
 * ignored. A truth outside the classes that is not the ignored value does not drop its pixel: what was predicted there still counts as predicted.
 */
public final class IouMeter {

    private static final int MOST_CLASSES = 4096;
    private static final int VALUES = 256;
    private static final int IGNORED = -1;

    private final int classes;
    private final OptionalInt ignore;
    private final boolean reduceZero;
    /** (truth, prediction), both with one more row and column for values that are no class. */
    private final long[] counts;

    private final int[] rows = new int[VALUES];

    /**
     * Nothing counted yet.
     *
     * @param classes how many, 1 to 4096; they are 0 to classes − 1
     * @param ignore the value of the truth, after {@code reduceZero}, whose pixels are left out
     * @param reduceZero whether 0 of the truth means 255 and every other value but 255 is one too large
     */
    public IouMeter(int classes, OptionalInt ignore, boolean reduceZero) {
        Check.that(
                classes >= 1 && classes <= MOST_CLASSES,
                "classes",
                "must lie in [1, %d], are %d",
                MOST_CLASSES,
                classes);
        this.classes = classes;
        this.ignore = ignore;
        this.reduceZero = reduceZero;
        this.counts = new long[(classes + 1) * (classes + 1)];
        for (int value = 0; value < VALUES; value++) {
            rows[value] = row(value);
        }
    }

    /** How many classes there are. */
    public int classes() {
        return classes;
    }

    /**
     * Counts a picture.
     *
     * @throws IllegalArgumentException if the maps differ in size
     */
    public void add(LabelMap prediction, LabelMap label) {
        Check.that(
                prediction.height() == label.height() && prediction.width() == label.width(),
                "prediction",
                "is %dx%d, the label %dx%d",
                prediction.height(),
                prediction.width(),
                label.height(),
                label.width());
        byte[] predicted = prediction.data();
        byte[] truth = label.data();
        for (int i = 0; i < truth.length; i++) {
            int row = rows[truth[i] & 0xFF];
            if (row != IGNORED) {
                counts[row + Math.min(predicted[i] & 0xFF, classes)]++;
            }
        }
    }

    /**
     * Counts values of any range.
     *
     * @throws IllegalArgumentException if the arrays differ in length
     */
    public void add(int[] prediction, int[] label) {
        Check.that(
                prediction.length == label.length,
                "prediction",
                "has %d values, the label %d",
                prediction.length,
                label.length);
        for (int i = 0; i < label.length; i++) {
            int row = row(label[i]);
            if (row != IGNORED) {
                counts[row + bin(prediction[i])]++;
            }
        }
    }

    /** Where the counts of a value of the truth begin. */
    private int row(int value) {
        int label = !reduceZero || value == LabelMap.IGNORE ? value : value == 0 ? LabelMap.IGNORE : value - 1;
        return ignore.isPresent() && ignore.getAsInt() == label ? IGNORED : bin(label) * (classes + 1);
    }

    private int bin(int value) {
        return value < 0 || value >= classes ? classes : value;
    }

    /** How many pixels of a class were taken for a class; {@link #classes} stands for all values that are none. */
    public long count(int truth, int predicted) {
        Check.that(truth >= 0 && truth <= classes, "truth", "must lie in [0, %d], is %d", classes, truth);
        Check.that(
                predicted >= 0 && predicted <= classes, "predicted", "must lie in [0, %d], is %d", classes, predicted);
        return counts[truth * (classes + 1) + predicted];
    }

    /** Pixels of a class that were found, {@code I}. */
    public long intersection(int label) {
        return count(label, label);
    }

    /** Pixels of a class, {@code T}. */
    public long labelled(int label) {
        long sum = 0;
        for (int k = 0; k <= classes; k++) {
            sum += count(label, k);
        }
        return sum;
    }

    /** Pixels that were taken for a class, {@code P}. */
    public long predicted(int label) {
        long sum = 0;
        for (int k = 0; k <= classes; k++) {
            sum += count(k, label);
        }
        return sum;
    }

    /** Pixels in the class or taken for it, {@code U = P + T − I}. */
    public long union(int label) {
        return predicted(label) + labelled(label) - intersection(label);
    }

    /** The figures with {@code beta} 1; what cannot be said is NaN. */
    public IouResult result() {
        return result(1, OptionalDouble.empty());
    }

    /**
     * The figures so far.
     *
     * @param beta how much more recall weighs than precision in the F score
     * @param nanToNum what stands for NaN in the figures of a class, before they are averaged; empty: NaN stays and is left out of the means
     */
    public IouResult result(double beta, OptionalDouble nanToNum) {
        return IouResult.of(this, beta, nanToNum);
    }
}
