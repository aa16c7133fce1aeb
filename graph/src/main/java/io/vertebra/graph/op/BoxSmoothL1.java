package io.vertebra.graph.op;

import java.util.List;

/**
 * The box loss of dense detectors: the smooth L1 distance of the encodings of positive anchors from their targets, divided
 * by the anchors that {@code average} names (at least 1).
 *
 * <p>encodings (N, A, 4), targets F32 (N, A, 4), labels I32 (N, A), positive above 0 → scalar (); only the encodings get a
 * gradient. {@code d²/(2β)} where |d| &lt; β, {@code |d| − β/2} else. Girshick, Fast R-CNN, arXiv:1504.08083, section 2.3.
 *
 * @param beta β; 0: plain L1
 * @param average what the sum is divided by
 */
public record BoxSmoothL1(double beta, AnchorAverage average) implements Op {

    /** Checks the attributes. */
    public BoxSmoothL1 {
        Check.that(beta >= 0 && Double.isFinite(beta), "beta", "must not be negative, is %s", beta);
        Check.that(average != null, "average", "is missing");
    }

    /** Averaged over positives, as SSD does. */
    public BoxSmoothL1(double beta) {
        this(beta, AnchorAverage.POSITIVES);
    }

    @Override
    public int arity() {
        return 3;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape encodings = inputs.get(0);
        Check.that(Extents.agree(encodings, inputs.get(1)), "targets", "%s do not fit %s", inputs.get(1), encodings);
        Check.that(encodings.rank() == 3 && encodings.get(2) == 4, "input", "must be (N, A, 4), is %s", encodings);
        return HardNegativeCrossEntropy.anchorLoss(encodings, inputs.get(2));
    }

    @Override
    public boolean passesGradient(int input) {
        return input == 0;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.boxSmoothL1(this);
    }
}
