package io.vertebra.graph.region;

/**
 * SSD's matching: an anchor takes the true box that it overlaps most by at least the threshold, and each true box gets its
 * best anchor in any case.
 *
 * <p>Two truths with the same best anchor: the later has it. Of equal anchors the first is the best. Without truths all
 * anchors are {@link Matcher#BELOW}. SSD, arXiv:1512.02325, section 2.2, as torchvision does it.
 *
 * @param threshold the least IoU of a match
 */
public record SsdMatcher(double threshold) {

    /** Checks the threshold. */
    public SsdMatcher {
        Door.share("threshold", threshold);
    }

    /** Truths (t, 4), anchors (a, 4) → (a), indices of truths or {@link Matcher#BELOW}. */
    public int[] match(float[] truths, float[] anchors) {
        return match(Overlap.IOU.matrix(truths, anchors), truths.length / 4, anchors.length / 4);
    }

    /** Matches by a table of qualities (truths, anchors). */
    public int[] match(float[] quality, int truths, int anchors) {
        int[] matches = new Matcher(threshold, threshold, false).match(quality, truths, anchors);
        for (int truth = 0; truth < truths; truth++) {
            matches[Matcher.bestAnchor(quality, truth, anchors)] = truth;
        }
        return matches;
    }
}
