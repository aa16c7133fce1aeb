package io.vertebra.graph.op;

import java.util.List;

/**
 * The mean cross entropy between the softmax of the logits and the labels: {@code L = Σ_i Σ_k w_k · q_ik · −log
 * softmax(z_i)_k / M} over the positions i that count.
 *
 * <p>logits (N, K) or (N, K, H, W), and labels I32 (N) or (N, H, W), or soft labels F32 (N, K) → scalar (). For class
 * labels {@code q = (1 − s)·onehot + s/K} with smoothing s; soft labels are smoothed alike. Positions whose label is
 * {@code ignore} do not count. M is Σ_i w of the label (soft labels: the rows), or with {@link Average#ALL} the number of
 * all positions, ignored ones too; where M is 0, loss and gradient are 0. Gradient: {@code (Σ_k w_k q_ik · softmax(z_i)_k −
 * w_k q_ik) / M}. As PyTorch's {@code cross_entropy}; Szegedy et al., arXiv:1512.00567, section 7.
 *
 * @param smoothing s
 * @param ignore the label of positions that do not count
 * @param classWeights w, one a class; empty: all 1
 * @param hardest which positions count; {@code null}: all that are not ignored. Class labels only
 * @param average what the sum is divided by
 */
public record SoftmaxCrossEntropy(
        double smoothing, int ignore, List<Double> classWeights, Hardest hardest, Average average)
        implements Op, Labelled {

    /** PyTorch's ignore index. */
    public static final int IGNORE = -100;

    /** What the sum of losses is divided by. */
    public enum Average {
        /** The weights of the positions that count, as PyTorch does. */
        VALID,
        /** The number of all positions, as mmseg does by default. */
        ALL
    }

    /**
     * Online hard example mining, as mmseg's pixel sampler: of the valid positions of a batch, sorted by the probability of
     * their label, those count whose probability is below {@code max(threshold, p)}, p that of the position number {@code
     * min(minKept · N, count − 1)} from 0. Shrivastava et al., arXiv:1604.03540.
     *
     * @param threshold of the probability of the label
     * @param minKept positions a picture that count at least, but for ties
     */
    public record Hardest(double threshold, int minKept) {
        /** Checks the attributes. */
        public Hardest {
            Check.that(threshold >= 0 && threshold <= 1, "threshold", "must lie in [0, 1], is %s", threshold);
            Check.atLeast(1, "min_kept", minKept);
        }
    }

    /** Checks the attributes. */
    public SoftmaxCrossEntropy {
        classWeights = List.copyOf(classWeights);
        Check.that(average != null, "average", "is missing");
        Check.that(smoothing >= 0 && smoothing < 1, "smoothing", "must lie in [0, 1), is %s", smoothing);
        for (double weight : classWeights) {
            Check.that(weight >= 0 && Double.isFinite(weight), "class_weights", "must not be negative, has %s", weight);
        }
    }

    /** Every class alike, every valid position, averaged over them. */
    public SoftmaxCrossEntropy(double smoothing, int ignore) {
        this(smoothing, ignore, List.of(), null, Average.VALID);
    }

    @Override
    public int arity() {
        return 2;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape logits = inputs.get(0);
        Shape labels = inputs.get(1);
        boolean soft = labels.rank() == 2;
        boolean fits = soft
                ? Extents.agree(logits, labels)
                : (logits.rank() == 2 || logits.rank() == 4) && Extents.agree(Extents.labels(logits), labels);
        Check.that(fits, "labels", "%s do not fit logits %s", labels, logits);
        Check.that(!soft || hardest == null, "hardest", "positions are chosen by class labels, these are soft");
        Check.that(
                classWeights.isEmpty() || classWeights.size() == logits.c(),
                "class_weights",
                "are %d for %d classes",
                classWeights.size(),
                logits.c());
        return Shape.of();
    }

    @Override
    public boolean passesGradient(int input) {
        return input == 0;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.softmaxCrossEntropy(this);
    }
}
