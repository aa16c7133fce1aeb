package io.vertebra.graph.op;

import java.util.List;

/**
 * The box loss of a two-stage detector: the smooth L1 distance of each region's encoding for its class from its target,
 * divided by the regions that count (at least 1).
 *
 * <p>encodings (R, 4·K), four for each of K classes, the background's first, targets F32 (R, 4), labels I32 (R): the four
 * columns that are compared, none where 0; {@value HardNegativeCrossEntropy#IGNORE} does not count → scalar (); only the
 * encodings get a gradient. {@code d²/(2β)} where |d| &lt; β, {@code |d| − β/2} else. Girshick, Fast R-CNN,
 * arXiv:1504.08083, section 2.3.
 *
 * @param beta β; 0: plain L1
 */
public record RegionSmoothL1(double beta) implements Op {

    /** The label of regions that do not count. */
    public static final int IGNORE = HardNegativeCrossEntropy.IGNORE;

    /** Checks the attributes. */
    public RegionSmoothL1 {
        Check.that(beta >= 0 && Double.isFinite(beta), "beta", "must not be negative, is %s", beta);
    }

    @Override
    public int arity() {
        return 3;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape encodings = inputs.get(0);
        Shape targets = inputs.get(1);
        Shape labels = inputs.get(2);
        Check.that(encodings.rank() == 2 && encodings.c() % 4 == 0, "input", "must be (R, 4·K), is %s", encodings);
        boolean fits = targets.rank() == 2 && targets.c() == 4 && Extents.agree(targets.n(), encodings.n());
        Check.that(fits, "targets", "%s do not fit %s", targets, encodings);
        Check.that(
                labels.rank() == 1 && Extents.agree(labels.n(), encodings.n()),
                "labels",
                "%s do not fit %s",
                labels,
                encodings);
        return Shape.of();
    }

    @Override
    public boolean passesGradient(int input) {
        return input == 0;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.regionSmoothL1(this);
    }
}
