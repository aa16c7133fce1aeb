package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;
import java.util.Arrays;

/**
 * Picks the background anchors that the network gets most wrong, a multiple of the positive ones of the same picture.
 *
 * <p>SSD, arXiv:1512.02325, section 2.2, as torchvision: {@code max(⌊ratio · positives⌋, minNegatives)} negatives of the
 * highest loss; equal losses go by index. NaN counts as the hardest, so that a diverged loss stays visible. Keeps its
 * working memory between calls: one object a thread.
 */
public final class HardNegatives {
    private final double ratio;
    private final int minNegatives;
    private double[] values = new double[0];
    private double[] sorted = new double[0];

    /** Picks so many negatives for each positive, and none where a picture has no positive. */
    public HardNegatives(double ratio) {
        this(ratio, 0);
    }

    /** Picks so many negatives for each positive, and at least so many of a picture. */
    public HardNegatives(double ratio, int minNegatives) {
        Check.that(ratio >= 0 && Double.isFinite(ratio), "ratio", "must be at least 0, is %s", ratio);
        Check.atLeast(0, "min_negatives", minNegatives);
        this.ratio = ratio;
        this.minNegatives = minNegatives;
    }

    /**
     * Marks the anchors of one picture that count, and answers how many are positive.
     *
     * @param losses the loss of each anchor, read from {@code offset} on
     * @param labels above 0 positive, 0 negative, below ignored, read from {@code offset} on
     * @param counts written from {@code offset} on: whether the anchor is positive or a hard negative
     */
    public int mark(float[] losses, int[] labels, int offset, int anchors, boolean[] counts) {
        enter(losses.length, labels, offset, anchors, counts);
        for (int i = 0; i < anchors; i++) {
            values[i] = losses[offset + i];
        }
        return mark(labels, offset, anchors, counts);
    }

    /** Marks by losses in double. */
    public int mark(double[] losses, int[] labels, int offset, int anchors, boolean[] counts) {
        enter(losses.length, labels, offset, anchors, counts);
        System.arraycopy(losses, offset, values, 0, anchors);
        return mark(labels, offset, anchors, counts);
    }

    private void enter(int losses, int[] labels, int offset, int anchors, boolean[] counts) {
        Check.that(
                offset >= 0
                        && anchors >= 0
                        && anchors <= Math.min(Math.min(losses, labels.length), counts.length) - offset,
                "anchors",
                "%d from %d on, arrays have %d, %d and %d numbers",
                anchors,
                offset,
                losses,
                labels.length,
                counts.length);
        if (values.length < anchors) {
            values = new double[anchors];
            sorted = new double[anchors];
        }
    }

    private int mark(int[] labels, int offset, int anchors, boolean[] counts) {
        int positives = 0;
        int negatives = 0;
        for (int i = 0; i < anchors; i++) {
            values[i] += 0.0; // −0 and 0 are equal
            counts[offset + i] = labels[offset + i] > 0;
            if (labels[offset + i] > 0) {
                positives++;
            } else if (labels[offset + i] == 0) {
                sorted[negatives++] = values[i];
            }
        }
        int wanted = (int) Math.min(negatives, Math.max(Math.floor(ratio * positives), minNegatives));
        if (wanted > 0) {
            Arrays.sort(sorted, 0, negatives);
            double bound = sorted[negatives - wanted];
            int equal = 0; // of those that count, how many are no harder than the bound
            for (int k = negatives - wanted; k < negatives && Double.compare(sorted[k], bound) == 0; k++) {
                equal++;
            }
            for (int i = 0; i < anchors; i++) {
                if (labels[offset + i] == 0) {
                    int order = Double.compare(values[i], bound);
                    counts[offset + i] = order > 0 || (order == 0 && equal-- > 0);
                }
            }
        }
        return positives;
    }
}
