package io.vertebra.graph.op;

import java.util.List;

/**
 * The mean cross entropy between the softmax of the logits and the labels: {@code L = mean over valid positions of
 * −Σ_k q_k · log softmax(z)_k}.
 *
 * <p>logits (N, K) or (N, K, H, W), and labels I32 (N) or (N, H, W), or soft labels F32 (N, K) → scalar (). For class
 * labels {@code q = (1 − s)·onehot + s/K} with smoothing s; soft labels are smoothed alike. Positions whose label is
 * {@code ignore} count neither above nor below; a batch without valid positions has loss 0 and gradient 0. Gradient:
 * {@code (softmax(z) − q) / valid positions}. Szegedy et al., arXiv:1512.00567, section 7.
 *
 * @param smoothing s
 * @param ignore the label of positions that do not count
 */
public record SoftmaxCrossEntropy(double smoothing, int ignore) implements Op {

    /** PyTorch's ignore index. */
    public static final int IGNORE = -100;

    /** Checks the attributes. */
    public SoftmaxCrossEntropy {
        Check.that(smoothing >= 0 && smoothing < 1, "smoothing", "must lie in [0, 1), is %s", smoothing);
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
        Shape wanted = soft ? logits : Shape.of(logits.n(), logits.h(), logits.w());
        boolean fits = soft
                ? logits.rank() == 2 && labels.c() == logits.c()
                : labels.rank() == logits.rank() - 1 && logits.rank() != 3;
        for (int axis = 0; fits && axis < labels.rank(); axis++) {
            fits = agree(labels.get(axis), wanted.get(axis));
        }
        Check.that(fits, "labels", "%s do not fit logits %s", labels, logits);
        return Shape.of();
    }

    private static boolean agree(int a, int b) {
        return a == b || a == Shape.ANY || b == Shape.ANY;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.softmaxCrossEntropy(this);
    }
}
