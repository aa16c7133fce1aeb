package io.vertebra.graph.op;

import java.util.List;

/**
 * The class loss of SSD: softmax cross entropy of all positive anchors and of the hardest negative ones, divided by the
 * positives of the batch (at least 1).
 *
 * <p>logits (N, A, K), labels I32 (N, A): 0 background, above it a class, {@value #IGNORE} neither → scalar (). In each
 * picture the {@code max(⌊ratio · positives⌋, minNegatives)} background anchors of the largest cross entropy count, the
 * earlier of equal ones first. Liu et al., arXiv:1512.02325, section 2.2; torchvision's SSD for the details.
 *
 * @param ratio negatives for each positive anchor
 * @param minNegatives negatives of a picture at least: 0 leaves a picture without objects out
 */
public record HardNegativeCrossEntropy(double ratio, int minNegatives) implements Op, Labelled {

    /** The label of anchors that do not count. */
    public static final int IGNORE = -1;

    /** Checks the attributes. */
    public HardNegativeCrossEntropy {
        Check.that(ratio >= 0 && Double.isFinite(ratio), "ratio", "must not be negative, is %s", ratio);
        Check.atLeast(0, "min_negatives", minNegatives);
    }

    @Override
    public int ignore() {
        return IGNORE;
    }

    @Override
    public int arity() {
        return 2;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        return anchorLoss(inputs.get(0), inputs.get(1));
    }

    /** A scalar, if the labels are those of rows. */
    static Shape anchorLoss(Shape rows, Shape labels) {
        Check.that(rows.rank() == 3, "input", "must be (N, A, K), is %s", rows);
        Check.that(Extents.agree(Extents.labels(rows), labels), "labels", "%s do not fit %s", labels, rows);
        return Shape.of();
    }

    @Override
    public boolean passesGradient(int input) {
        return input == 0;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.hardNegativeCrossEntropy(this);
    }
}
