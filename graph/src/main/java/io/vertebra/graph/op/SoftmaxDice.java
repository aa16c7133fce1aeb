package io.vertebra.graph.op;

import java.util.List;

/**
 * One minus the overlap of the softmax of the logits with the labels, mean over pictures and classes:
 * {@code L = 1 − mean over n, k of (2·Σ_i p·t + s) / (Σ_i p² + Σ_i t + s)}, i over the valid positions, t one-hot.
 *
 * <p>logits (N, K, H, W), labels I32 (N, H, W) → scalar (). A class that is in neither has overlap near 1 and no pull.
 * Milletari et al., V-Net, arXiv:1606.04797, section 3 (squares below the line), with s added on both sides.
 *
 * @param smooth s, above 0: no division by 0
 * @param ignore the label of positions that do not count
 */
public record SoftmaxDice(double smooth, int ignore) implements Op, Labelled {

    /** Checks the attributes. */
    public SoftmaxDice {
        Check.that(smooth > 0 && Double.isFinite(smooth), "smooth", "must be above 0, is %s", smooth);
    }

    @Override
    public int arity() {
        return 2;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape logits = inputs.get(0);
        boolean fits = logits.rank() == 4 && Extents.agree(Extents.labels(logits), inputs.get(1));
        Check.that(fits, "labels", "%s do not fit logits %s", inputs.get(1), logits);
        return Shape.of();
    }

    @Override
    public boolean passesGradient(int input) {
        return input == 0;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.softmaxDice(this);
    }
}
