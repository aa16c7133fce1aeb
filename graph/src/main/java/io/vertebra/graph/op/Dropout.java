package io.vertebra.graph.op;

import java.util.List;

/**
 * Zeroes elements at random in training and scales the others by 1 / (1 − rate); the identity in inference.
 *
 * <p>Which elements is a counter hash of (seed, step, micro-batch, node, element), the same in every engine: those whose
 * uniform number is below the rate. Srivastava et al. 2014, JMLR 15.
 *
 * @param rate share of elements that are zeroed
 */
public record Dropout(double rate) implements Op {

    /** Checks the attributes. */
    public Dropout {
        Check.that(rate >= 0 && rate < 1, "rate", "must lie in [0, 1), is %s", rate);
    }

    @Override
    public Shape output(List<Shape> inputs) {
        return inputs.get(0);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.dropout(this);
    }
}
