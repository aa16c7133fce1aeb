package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;
import java.util.Arrays;

/**
 * Picks the background anchors that the network gets most wrong, a multiple of the positive ones of the same picture.
 *
 * <p>SSD, arXiv:1512.02325, section 2.2, as torchvision: {@code ⌊ratio · positives⌋} negatives of the highest loss, none
 * where a picture has no positive; equal losses go by index. NaN counts as the hardest, so that a diverged loss stays
 * visible. Keeps its working memory between calls: one object a thread.
 */
public final class HardNegatives {
    private final double ratio;
    private long[] keys = new long[0];

    /** Picks so many negatives for each positive. */
    public HardNegatives(double ratio) {
        Check.that(ratio >= 0 && Double.isFinite(ratio), "ratio", "must be at least 0, is %s", ratio);
        this.ratio = ratio;
    }

    /**
     * Marks the anchors of one picture that count, and answers how many are positive.
     *
     * @param losses the loss of each anchor, read from {@code offset} on
     * @param labels above 0 positive, 0 negative, below ignored, read from {@code offset} on
     * @param counts written from {@code offset} on: whether the anchor is positive or a hard negative
     */
    public int mark(float[] losses, int[] labels, int offset, int anchors, boolean[] counts) {
        Check.that(
                offset >= 0
                        && anchors >= 0
                        && anchors <= Math.min(Math.min(losses.length, labels.length), counts.length) - offset,
                "anchors",
                "%d from %d on, arrays have %d, %d and %d numbers",
                anchors,
                offset,
                losses.length,
                labels.length,
                counts.length);
        if (keys.length < anchors) {
            keys = new long[anchors];
        }
        int positives = 0;
        int negatives = 0;
        for (int i = offset; i < offset + anchors; i++) {
            counts[i] = labels[i] > 0;
            if (labels[i] > 0) {
                positives++;
            } else if (labels[i] == 0) {
                keys[negatives++] = Ranking.key(losses[i], i);
            }
        }
        int wanted = (int) Math.min(negatives, ratio * positives);
        if (wanted > 0 && wanted < negatives) {
            Arrays.sort(keys, 0, negatives);
        }
        for (int k = 0; k < wanted; k++) {
            counts[Ranking.index(keys[k])] = true;
        }
        return positives;
    }
}
