package io.vertebra.graph.op;

import java.util.List;

/**
 * Binary cross entropy of every column, with easy ones turned down: {@code L = Σ α_t · (1 − p_t)^γ · −log p_t /
 * max(1, M)}, M the anchors that {@code average} names, p = σ(z), p_t = p for the wanted column and 1 − p else.
 *
 * <p>logits (N, A, K), labels I32 (N, A): the wanted column; 0 is background, which wants no column at all unless {@code
 * background}; {@value HardNegativeCrossEntropy#IGNORE} does not count → scalar (). A single column without {@code
 * background} is that of objects, label 1. α_t = α for the wanted column, 1 − α else. Lin et al., arXiv:1708.02002, sections
 * 3 and 4.1.
 *
 * @param alpha α; negative: all columns alike
 * @param gamma γ; 0: plain binary cross entropy
 * @param background whether column 0 is wanted where the label is 0, as TensorFlow's first SSDs were trained
 * @param average what the sum is divided by
 */
public record SigmoidFocal(double alpha, double gamma, boolean background, AnchorAverage average)
        implements Op, Labelled {

    /** Checks the attributes. */
    public SigmoidFocal {
        Check.that(alpha <= 1 && Double.isFinite(alpha), "alpha", "must be at most 1, is %s", alpha);
        Check.that(gamma >= 0 && Double.isFinite(gamma), "gamma", "must not be negative, is %s", gamma);
        Check.that(average != null, "average", "is missing");
    }

    /** Averaged over positives, as RetinaNet does. */
    public SigmoidFocal(double alpha, double gamma, boolean background) {
        this(alpha, gamma, background, AnchorAverage.POSITIVES);
    }

    @Override
    public int ignore() {
        return HardNegativeCrossEntropy.IGNORE;
    }

    @Override
    public int classes(int columns) {
        return isObjectness(columns) ? 2 : columns;
    }

    /** The column that a label wants of so many; −1 for none. */
    public int wanted(int label, int columns) {
        boolean wantsNone = label < 0 || (label == 0 && !background);
        return wantsNone ? -1 : isObjectness(columns) ? label - 1 : label;
    }

    private boolean isObjectness(int columns) {
        return columns == 1 && !background;
    }

    @Override
    public int arity() {
        return 2;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        return HardNegativeCrossEntropy.anchorLoss(inputs.get(0), inputs.get(1));
    }

    @Override
    public boolean passesGradient(int input) {
        return input == 0;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.sigmoidFocal(this);
    }
}
