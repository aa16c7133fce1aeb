package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;

/**
 * Gives each anchor (or proposal) the true box that it overlaps most, if it is enough.
 *
 * <p>The quality of a pair is usually IoU: quality (truths, anchors), row-major → (anchors), each the index of a true box,
 * {@link #BELOW} below {@code low} (background) or {@link #BETWEEN} from {@code low} to below {@code high} (ignored). Equal
 * qualities go to the first truth. With {@code lowQuality} each truth also gets all anchors that reach its best quality,
 * whatever that is: such an anchor keeps the truth that <em>it</em> overlaps most, which need not be that truth (as in
 * torchvision, also where the best quality is 0). Without truths all anchors are below. Faster R-CNN, arXiv:1506.01497,
 * section 3.1.2.
 *
 * @param high the least quality of a match
 * @param low the least quality that is not background
 * @param lowQuality whether each truth gets its best anchors at any quality
 */
public record Matcher(double high, double low, boolean lowQuality) {

    /** No truth overlaps the anchor enough: background. */
    public static final int BELOW = -1;

    /** Too much overlap for background, too little for a match: ignored. */
    public static final int BETWEEN = -2;

    /** Checks the thresholds. */
    public Matcher {
        Door.share("high", high);
        Door.share("low", low);
        Check.that(low <= high, "low", "is %s, must not be above high, %s", low, high);
    }

    /** Matches by a table of qualities (truths, anchors). */
    public int[] match(float[] quality, int truths, int anchors) {
        int[] best = best(quality, truths, anchors);
        int[] matches = new int[anchors];
        for (int a = 0; a < anchors; a++) {
            float value = truths == 0 ? 0 : quality[best[a] * anchors + a];
            if (truths == 0 || value < low) {
                matches[a] = BELOW;
            } else {
                matches[a] = value < high ? BETWEEN : best[a];
            }
        }
        for (int t = 0; t < truths && lowQuality; t++) {
            float highest = quality[t * anchors + bestAnchor(quality, t, anchors)];
            for (int a = 0; a < anchors; a++) {
                if (quality[t * anchors + a] == highest) {
                    matches[a] = best[a];
                }
            }
        }
        return matches;
    }

    /** The first truth of the highest quality for each anchor; checks the table. */
    static int[] best(float[] quality, int truths, int anchors) {
        Check.atLeast(0, "truths", truths);
        Check.atLeast(0, "anchors", anchors);
        Door.length("quality", quality.length, (long) truths * anchors);
        Door.finite("quality", quality);
        Check.that(truths == 0 || anchors > 0, "anchors", "there are none for %d truths", truths);
        int[] best = new int[anchors];
        for (int t = 1; t < truths; t++) {
            for (int a = 0; a < anchors; a++) {
                if (quality[t * anchors + a] > quality[best[a] * anchors + a]) {
                    best[a] = t;
                }
            }
        }
        return best;
    }

    /** The first anchor of a truth's highest quality. */
    static int bestAnchor(float[] quality, int truth, int anchors) {
        int best = 0;
        for (int a = 1; a < anchors; a++) {
            if (quality[truth * anchors + a] > quality[truth * anchors + best]) {
                best = a;
            }
        }
        return best;
    }
}
