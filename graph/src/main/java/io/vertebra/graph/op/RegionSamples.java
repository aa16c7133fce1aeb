package io.vertebra.graph.op;

import java.util.List;

/**
 * The regions of which a two-stage detector learns: some that lie on an object and some that do not, drawn from proposals
 * and the objects themselves.
 *
 * <p>rois (N·P, 5), P of each picture in turn, truths F32 (N, M, 4) as x1, y1, x2, y2, labels I32 (N, M), 0 where there is
 * no object → (N·samples, 5) of picture number, x1, y1, x2, y2; nothing gets a gradient. Candidates of a picture are its P
 * regions, then its M truths; those without area do not count. One that overlaps a truth by an IoU of {@code positive} or
 * more is positive, another one negative. At most ⌊samples · share⌋ positives are drawn, and negatives for the rest as far
 * as there are enough; both in the order of the candidates, positives first, then regions without area, (n, 0, 0, 0, 0).
 * Drawn are those whose {@link io.vertebra.graph.engine.CounterHash} of (seed, step, micro-batch, node; picture · (P + M) +
 * candidate) is least, the first of equal ones. Girshick, Fast R-CNN, arXiv:1504.08083, section 2.3; torchvision for the truths among the
 * candidates.
 *
 * @param samples regions of a picture
 * @param share the largest share of positives
 * @param positive least IoU of a positive one
 */
public record RegionSamples(int samples, double share, double positive) implements Op {

    /** Checks the attributes. */
    public RegionSamples {
        Check.atLeast(1, "samples", samples);
        Check.that(samples <= RegionProposals.MOST, "samples", "is %d, at most %d", samples, RegionProposals.MOST);
        Check.that(share >= 0 && share <= 1, "share", "must lie in [0, 1], is %s", share);
        checkOverlap(positive);
    }

    /** A region without overlap lies on no object. */
    static void checkOverlap(double positive) {
        Check.that(positive > 0 && positive <= 1, "positive", "must lie in (0, 1], is %s", positive);
    }

    /** Refuses truths and labels that do not fit each other. */
    static void checkTruths(Shape rois, Shape truths, Shape labels) {
        Check.that(rois.rank() == 2 && rois.c() == 5, "rois", "must be (R, 5), is %s", rois);
        Check.that(truths.rank() == 3 && truths.get(2) == 4, "truths", "must be (N, M, 4), is %s", truths);
        Check.that(Extents.agree(Extents.labels(truths), labels), "labels", "%s do not fit %s", labels, truths);
    }

    @Override
    public int arity() {
        return 3;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape rois = inputs.get(0);
        Shape truths = inputs.get(1);
        checkTruths(rois, truths, inputs.get(2));
        boolean known = rois.n() != Shape.ANY && truths.n() != Shape.ANY;
        Check.that(!known || rois.n() % truths.n() == 0, "rois", "%s do not fit %s", rois, truths);
        return Shape.of(truths.n() == Shape.ANY ? Shape.ANY : Math.multiplyExact(truths.n(), samples), 5);
    }

    @Override
    public boolean passesGradient(int input) {
        return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.regionSamples(this);
    }
}
