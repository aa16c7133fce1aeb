package io.vertebra.graph.op;

import java.util.List;

/**
 * A sum of scalars, each times a constant: {@code y = Σ w_i · x_i}. What joins the losses of several heads.
 *
 * <p>() for each weight → ().
 *
 * @param weights w, one for each input
 */
public record WeightedSum(List<Double> weights) implements Op {

    /** Checks the attributes. */
    public WeightedSum {
        weights = List.copyOf(weights);
        Check.that(!weights.isEmpty(), "weights", "must not be empty");
        for (double weight : weights) {
            Check.that(Double.isFinite(weight), "weights", "must be finite, has %s", weight);
        }
    }

    @Override
    public int arity() {
        return weights.size();
    }

    @Override
    public Shape output(List<Shape> inputs) {
        for (Shape x : inputs) {
            Check.that(x.rank() == 0, "input", "must be a scalar, is %s", x);
        }
        return Shape.of();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.weightedSum(this);
    }
}
